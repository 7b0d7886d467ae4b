"""Нормативы: what is charged where no meter's reading counts (Постановление № 549, п. 31–32)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from cabinet.domain.charges import Usage
from cabinet.domain.dated_values import DatedValue
from cabinet.domain.volume import Volume

NORMS: Final = {
    Usage.STOVE: DatedValue.NORM_STOVE,
    Usage.STOVE_HEATER: DatedValue.NORM_STOVE_HEATER,
    Usage.HEATING: DatedValue.NORM_HEATING,
}


class Unit(StrEnum):
    """What a norm is multiplied by."""

    RESIDENTS = "residents"
    OWNERS = "owners"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Share:
    """A household's share of a norm: so many people, or so many m²."""

    number: Decimal
    unit: Unit


def share_of(usage: Usage, residents: int | None, area_m2: Decimal | None) -> Share | None:
    """Heating goes by m², the rest by residents, by owners where none is registered.

    A register tells one owner of an account, so that one counts. None when the register does not
    tell what the norm goes by.
    """
    if usage is Usage.HEATING:
        return Share(area_m2, Unit.AREA) if area_m2 else None
    if residents is None:
        return None
    return Share(Decimal(residents), Unit.RESIDENTS) if residents else Share(Decimal(1), Unit.OWNERS)


def norm_volume(norm: Decimal, share: Share) -> Volume:
    """m³ of a month: the norm for each person or m², times their number; no coefficient."""
    return Volume((norm * share.number).quantize(Decimal("0.001"), ROUND_HALF_UP))
