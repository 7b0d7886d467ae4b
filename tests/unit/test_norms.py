from decimal import Decimal

import pytest

from cabinet.domain.charges import Usage, amount_for, counted_volume
from cabinet.domain.norms import NORMS, Share, Unit, norm_volume, share_of
from cabinet.domain.volume import Volume

AREA = Decimal("84.8")


@pytest.mark.parametrize(
    ("usage", "residents", "area", "share"),
    [
        (Usage.STOVE, 3, AREA, Share(Decimal(3), Unit.RESIDENTS)),
        (Usage.STOVE_HEATER, 2, None, Share(Decimal(2), Unit.RESIDENTS)),
        (Usage.STOVE_HEATER, 0, AREA, Share(Decimal(1), Unit.OWNERS)),  # nobody is registered
        (Usage.STOVE, None, AREA, None),  # the register does not tell
        (Usage.HEATING, 5, AREA, Share(AREA, Unit.AREA)),
        (Usage.HEATING, 5, None, None),
        (Usage.HEATING, 5, Decimal(0), None),
    ],
)
def test_a_norm_goes_by_people_or_by_square_metres(
    usage: Usage, residents: int | None, area: Decimal | None, share: Share | None
) -> None:
    assert share_of(usage, residents, area) == share


@pytest.mark.parametrize(
    ("norm", "share", "price", "volume", "roubles"),
    [
        # Norms and prices of Удмуртия as the domain has them.
        ("12", Share(Decimal(3), Unit.RESIDENTS), "8.30", "36", "298,80"),
        ("32", Share(Decimal(2), Unit.RESIDENTS), "8.13", "64", "520,32"),
        ("32", Share(Decimal(1), Unit.OWNERS), "8.13", "32", "260,16"),
        ("7", Share(AREA, Unit.AREA), "7.69", "593.6", "4\u00a0564,78"),
        ("0.00005", Share(Decimal(10), Unit.AREA), "8.30", "0.001", "0,01"),
    ],
)
def test_a_norm_times_its_share_times_the_price(
    norm: str, share: Share, price: str, volume: str, roubles: str
) -> None:
    found = norm_volume(Decimal(norm), share)
    assert found == Volume(Decimal(volume))
    assert str(amount_for(found, Decimal(price))) == roubles


def test_every_usage_has_a_norm() -> None:
    assert set(NORMS) == set(Usage)


@pytest.mark.parametrize(
    ("burnt", "factor", "volume"),
    [(43, "1", "43"), (43, "0.965", "41.495"), (1, "0.9685", "0.969"), (0, "1.07", "0")],
)
def test_a_dial_without_compensation_is_brought_to_standard_conditions(
    burnt: int, factor: str, volume: str
) -> None:
    assert counted_volume(burnt, Decimal(factor)) == Volume(Decimal(volume))
