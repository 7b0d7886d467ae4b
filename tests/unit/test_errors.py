import pytest

from cabinet.domain.errors import (
    Busy,
    CabinetError,
    Conflict,
    Denied,
    InputError,
    NotFound,
    SignInNeeded,
    TooMany,
)


@pytest.mark.parametrize("kind", [InputError, Denied, SignInNeeded, NotFound, TooMany, Conflict, Busy])
def test_every_rule_is_a_cabinet_error_with_a_code(kind: type[CabinetError]) -> None:
    error = kind(retry_in=5)
    assert isinstance(error, CabinetError)
    assert str(error) == kind.code
    assert error.facts == {"retry_in": 5}


def test_the_field_of_one_error_is_not_the_field_of_all() -> None:
    assert (InputError(field="amount").field, InputError().field) == ("amount", "")
