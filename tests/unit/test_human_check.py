import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.domain.human_check import (
    ALPHABET,
    LENGTH,
    HumanCheckPolicy,
    answer_digest,
    is_answer,
    new_answer,
    normal_answer,
)

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
