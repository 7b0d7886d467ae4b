from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.domain.human_check import (
    ALPHABET,
    CALM,
    LENGTH,
    CalmRule,
    HumanCheckPolicy,
    Route,
    Watched,
    answer_digest,
    is_answer,
    new_answer,
    normal_answer,
    route_for,
)
from cabinet.domain.limits import Limit

KEY = b"a key for tests only"


@pytest.mark.parametrize(
    "typed",
    ["AEHKPC", "aehkpc", " a e h k p c ", "АЕНКРС", "аенкрс", "AЕHКPС", "ＡＥＨＫＰＣ", "a-e-h k.p,c\t\n"],
)
def test_layout_case_and_spaces_do_not_matter(typed: str) -> None:
    assert normal_answer(typed) == "AEHKPC"


@pytest.mark.parametrize(("typed", "meant"), [("З4", "34"), ("ч", "4"), ("тх", "TX"), ("²", "2")])
def test_a_letter_stands_for_the_digit_it_looks_like(typed: str, meant: str) -> None:
    assert normal_answer(typed) == meant


def test_a_new_answer_has_six_different_unambiguous_characters() -> None:
    answers = [new_answer() for _ in range(200)]
    assert all(len(set(x)) == LENGTH and set(x) <= set(ALPHABET) for x in answers)
    assert len(set(answers)) > 190
    assert not set(ALPHABET) & set("01OIBSZ68")


def test_every_answer_is_its_own_normal_form() -> None:
    assert normal_answer(ALPHABET) == ALPHABET


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing_more(typed: str) -> None:
    once = normal_answer(typed)
    assert normal_answer(once) == once or len(once) > 64


@given(st.text(max_size=200))
def test_only_the_answer_is_the_answer(typed: str) -> None:
    kept = answer_digest(KEY, "task", "AEHKPC")
    assert is_answer(typed, kept, KEY, "task") == (len(typed) <= 64 and normal_answer(typed) == "AEHKPC")


def test_the_digest_of_one_answer_differs_between_tasks_and_keys() -> None:
    digests = {
        answer_digest(KEY, "a", "AEH"),
        answer_digest(KEY, "b", "AEH"),
        answer_digest(b"k", "a", "AEH"),
    }
    assert len(digests) == 3
    assert not any("AEH" in x for x in digests)


def test_an_endless_answer_is_wrong_unread() -> None:
    kept = answer_digest(KEY, "task", "AEHKPC")
    assert not is_answer("AEHKPC" + " " * 100_000, kept, KEY, "task")


def test_the_test_answer_is_only_what_the_setting_names() -> None:
    assert HumanCheckPolicy.parse("test:мост 7").accepts("МОСТ7")
    assert not HumanCheckPolicy.parse("test:мост 7").accepts("мост")
    assert not HumanCheckPolicy.parse("on").accepts("on")


@pytest.mark.parametrize("setting", ["on", "test", "test:", "test: -", ""])
def test_no_answer_in_the_setting_means_no_way_around(setting: str) -> None:
    policy = HumanCheckPolicy.parse(setting)
    assert not policy.accepts("")
    assert not policy.accepts("-")


def test_where_an_answer_is_set_every_check_has_a_task() -> None:
    assert HumanCheckPolicy.parse("test:мост").always_task
    assert not HumanCheckPolicy.parse("on").always_task


@pytest.mark.parametrize(
    ("left", "route"), [([], Route.PROOF_ONLY), ([1, 5], Route.PROOF_ONLY), ([3, 0, 2], Route.TASK)]
)
def test_one_rule_that_is_used_up_brings_a_task(left: list[int], route: Route) -> None:
    assert route_for(left) is route


def test_a_known_address_is_trusted_more_where_the_rule_says_so() -> None:
    rule = CalmRule(Limit("x", 3, timedelta(hours=1)), Watched.ADDRESS, known=10)
    assert (rule.limit_at(known=False).most, rule.limit_at(known=True).most) == (3, 10)
    plain = CalmRule(Limit("x", 3, timedelta(hours=1)), Watched.LOGIN)
    assert plain.limit_at(known=True).most == 3


def test_browsers_addresses_logins_and_everybody_are_watched() -> None:
    assert {rule.of for rule in CALM} == set(Watched)
    assert all(rule.known > rule.limit.most for rule in CALM if rule.of is Watched.ADDRESS)
