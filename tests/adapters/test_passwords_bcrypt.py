import bcrypt
import pytest

from cabinet.adapters.passwords_bcrypt import BcryptPasswords

PEPPER = b"pepper"


@pytest.mark.parametrize("risen", [4, 5, 7])
def test_a_wrong_password_costs_the_same_whenever_it_was_stored_and_whether_it_was(
    monkeypatch: pytest.MonkeyPatch, risen: int
) -> None:
    before = BcryptPasswords(PEPPER, 4).hash("мама мыла раму")
    passwords = BcryptPasswords(PEPPER, risen)
    since = passwords.hash("мама мыла раму")
    rounds: list[int] = []
    real = bcrypt.checkpw

    def counting(password: bytes, stored: bytes) -> bool:
        rounds.append(1 << int(stored[4:6]))
        return real(password, stored)

    monkeypatch.setattr(bcrypt, "checkpw", counting)
    for stored in ("", before, since):
        rounds.clear()
        assert not passwords.verify("не та", stored)
        assert sum(rounds) == 1 << risen


def test_only_what_was_stored_at_a_lower_cost_is_outdated() -> None:
    stored = BcryptPasswords(PEPPER, 5).hash("мама мыла раму")
    found = {cost: BcryptPasswords(PEPPER, cost).is_outdated(stored) for cost in (4, 5, 6)}
    assert found == {4: False, 5: False, 6: True}
    assert BcryptPasswords(PEPPER, 6).verify("мама мыла раму", stored)
