import random
from itertools import pairwise

import pytest

from cabinet.adapters import common_passwords_file
from cabinet.adapters.common_passwords_file import FILE, WIDTH, ListedPasswords
from cabinet.domain.passwords import keys_pressed
from cabinet.domain.spoken import WORDS

LISTED = ListedPasswords()


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "qwerty12345",
        "йцукен12345",
        "Qwerty123456",
        "1q2w3e4r5t",
        "12345678",
        "пароль123",
        "Пароль123",
        "gfhjkm123",
        "parol123",
        "любовь123",
        "наташа1987",
        "Солнышко",
        "зфыыцщкв",
        "trustno1",
        "iloveyou",
    ],
)
def test_what_guessers_begin_with_is_listed_in_either_layout_and_case(password: str) -> None:
    assert LISTED.has(keys_pressed(password))


def test_at_least_a_hundred_thousand_distinct_entries_fit_into_a_megabyte() -> None:
    data = FILE.read_bytes()
    marks = [data[at : at + WIDTH] for at in range(0, len(data), WIDTH)]
    assert len(LISTED) == len(marks) >= 100_000
    assert len(data) <= 1_000_000
    assert all(former < later for former, later in pairwise(marks))


def test_the_first_and_the_last_entry_are_found_and_what_lies_outside_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = FILE.read_bytes()
    for mark, listed in [
        (data[:WIDTH], True),
        (data[-WIDTH:], True),
        (b"\0" * WIDTH, False),
        (b"\xff" * WIDTH, False),
    ]:
        monkeypatch.setattr(common_passwords_file, "mark", lambda _keys, mark=mark: mark)
        assert LISTED.has("") is listed


def test_random_phrases_are_never_taken_for_common_ones() -> None:
    dice = random.Random(20)
    words = sorted(WORDS)
    phrases = [" ".join(dice.sample(words, 3)) for _ in range(5000)]
    phrases += ["".join(dice.choices("abcdefghijkmnpqrstuvwxyz23456789", k=12)) for _ in range(5000)]
    assert [phrase for phrase in phrases if LISTED.has(keys_pressed(phrase))] == []


@pytest.mark.parametrize("text", ["", "\ud800" * 8, "🎄" * 200, "ё" * 256])
def test_any_text_may_be_asked_about(text: str) -> None:
    assert LISTED.has(keys_pressed(text)) is False
