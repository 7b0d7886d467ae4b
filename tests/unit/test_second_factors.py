import re

import pytest

from cabinet.domain.second_factors import _ALPHABET, new_recovery_code, normal_recovery_code


def test_recovery_codes_are_of_112_bits_and_more_without_look_alikes_and_differ() -> None:
    codes = [new_recovery_code() for _ in range(50)]
    assert len(set(codes)) == 50
    assert all(re.fullmatch(r"(?:[A-Z2-9]{4}-){5}[A-Z2-9]{4}", x) for x in codes)
    assert len(_ALPHABET) ** 24 > 2**112
    assert not set("".join(codes)) & set("0O1IL5S8B")


@pytest.mark.parametrize("typed", ["acekm hpcxt", "ACEKM-HPCXT", "асекм-нрсхт", " ACEKMHPCXT. "])
def test_a_code_is_one_however_it_is_typed(typed: str) -> None:
    assert normal_recovery_code(typed) == "ACEKMHPCXT"
