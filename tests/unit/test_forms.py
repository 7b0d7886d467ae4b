from typing import Any

import pytest

from cabinet.domain.errors import InputError
from cabinet.domain.forms import FieldMissing, Parser, Several, id_of, text_of
from cabinet.domain.identity import Login, LoginKind
from cabinet.domain.money import ZERO, Money, MoneyMalformed

NOBODY = Login(LoginKind.EMAIL, "nobody")


def test_every_problem_is_told_at_once_in_the_order_of_the_form() -> None:
    parser = Parser()
    assert parser.take(lambda: Login.parse("никто"), NOBODY) is NOBODY
    assert parser.take(lambda: Money.parse("12"), ZERO, "amount") == Money(1200)
    assert parser.take(lambda: Money.parse("много"), ZERO, "amount") is ZERO
    parser.need(present=False, problem=FieldMissing(field="consent"))
    parser.need(present=True, problem=FieldMissing(field="password"))
    with pytest.raises(Several) as raised:
        parser.finish()
    told = [(x.code, x.field) for x in raised.value.problems]
    assert told == [("login.malformed", "login"), ("money.malformed", "amount"), ("field.missing", "consent")]


def test_a_form_that_holds_passes() -> None:
    parser = Parser()
    parser.need(present=True, problem=FieldMissing())
    parser.finish()
    assert parser.take(lambda: 1, 2) == 1


def test_a_fault_of_ours_is_not_taken_for_the_persons() -> None:
    with pytest.raises(ZeroDivisionError):
        Parser().take(lambda: 1 // int("0"), 0)


@pytest.mark.parametrize(
    "form",
    [None, [], "login=x", {}, {"login": None}, {"login": 5}, {"login": ["x"]}, {"login": {"a": 1}}, {1: 2}],
)
def test_whatever_is_no_text_is_nothing(form: Any) -> None:
    assert text_of(form, "login") == ""


def test_too_long_a_text_and_half_a_character_are_nothing() -> None:
    assert text_of({"a": "x" * 1000}, "a") == "x" * 1000
    assert text_of({"a": "x" * 1001}, "a") == ""
    assert text_of({"a": "123"}, "a", 2) == ""
    assert text_of({"a": "x\ud83d"}, "a") == ""
    assert text_of({"a": "ё🎄\0"}, "a") == "ё🎄\0"


def test_a_problem_keeps_its_own_field_unless_the_form_names_another() -> None:
    assert MoneyMalformed().field == ""
    assert MoneyMalformed(field="amount").field == "amount"
    assert InputError.field == ""


@pytest.mark.parametrize("text", ["", "-1", "1.0", "1e9", "9" * 40, "１", "None"])
def test_an_id_that_is_no_number_is_nobodys(text: str) -> None:
    assert id_of(text) == -1
