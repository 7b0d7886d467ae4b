import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.domain.spoken import WORDS, are_words, heard, is_one_slip, new_words, words_digest

KEY = b"a key for tests only"


def test_a_task_has_three_different_words_of_the_list() -> None:
    tasks = [new_words() for _ in range(100)]
    assert all(len(set(words)) == 3 and set(words) <= set(WORDS) for words in tasks)
    assert len(set(tasks)) > 90


def test_no_slip_turns_one_word_into_another_even_two_at_once() -> None:
    letters = "аеикт"
    plain = [word.replace("ё", "е") for word in WORDS]
    for one, other in itertools.permutations(plain, 2):
        assert not is_one_slip(one, other)
    for word in plain:
        slips = {word[:i] + x + word[i + 1 :] for i in range(len(word)) for x in letters}
        assert {heard(slip)[0].replace("ё", "е") for slip in slips} == {word}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("арбуз", "арбуз"),
        ("АРБУЗ", "арбуз"),
        ("жолудь", "жёлудь"),
        ("желудь", "жёлудь"),
        ("жёлудь", "жёлудь"),
        ("адрбуз", "арбуз"),
        ("рбуз", "арбуз"),
        ("арбу", "арбуз"),
        ("арбузы", "арбуз"),
        ("рабуз", "арбуз"),
        ("арубз", "арбуз"),
        ("цыпленок", "цыплёнок"),
    ],
)
def test_case_yo_and_one_slip_are_forgiven(typed: str, meant: str) -> None:
    assert heard(typed) == (meant,)


@pytest.mark.parametrize("typed", ["арпус", "аррбузз", "буз", "арбузами", "а", "мост"])
def test_two_slips_are_another_word(typed: str) -> None:
    assert heard(typed) == (typed,)


def test_punctuation_and_other_alphabets_stand_between_words() -> None:
    assert heard("1. арбуз,бабушка; — ЛАМПА!\n") == ("арбуз", "бабушка", "лампа")
    assert heard("lamp 7 ☺") == ()


def test_only_the_words_in_their_order_are_the_answer() -> None:
    kept = words_digest(KEY, "task", ("арбуз", "жёлудь", "лампа"))
    assert are_words("Арбус, желудь. лапма", kept, KEY, "task")
    for wrong in ("желудь арбуз лампа", "арбуз желудь", "арбуз желудь лампа лампа", "", "арбузжелудьлампа"):
        assert not are_words(wrong, kept, KEY, "task")
    assert not are_words("арбуз желудь лампа", kept, KEY, "another")
    assert not are_words("арбуз желудь лампа", kept, b"k", "task")


@given(st.text(max_size=64))
def test_anything_at_all_may_be_typed(typed: str) -> None:
    assert heard(" ".join(heard(typed))) == heard(typed)
