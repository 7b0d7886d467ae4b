"""Volumes of gas in cubic metres, and what a dial shows."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from cabinet.domain.errors import InputError

_VOLUME = re.compile(r"-?\d{1,9}(?:[.,]\d{1,3})?")
_DIAL = re.compile(r"(\d+)(?:[.,](\d{0,3}))?")
_STEP = Decimal("0.001")


class VolumeMalformed(InputError):
    """Not a volume in cubic metres with at most three decimals."""

    code = "volume.malformed"


class ReadingMalformed(InputError):
    """Not the digits of a dial."""

    code = "reading.malformed"
    field = "value"


@dataclass(frozen=True, order=True, slots=True)
class Volume:
    """Cubic metres with three decimals, as charges use them."""

    cubic_metres: Decimal

    @classmethod
    def parse(cls, text: str) -> Self:
        """«6,000», «207.837».

        Raises:
            VolumeMalformed: anything else.
        """
        bare = re.sub(r"[\s\u00a0\u202f]", "", text)
        if not _VOLUME.fullmatch(bare) or not bare.isascii():
            raise VolumeMalformed
        return cls(Decimal(bare.replace(",", ".")).quantize(_STEP))

    def __str__(self) -> str:
        """«207,837», whole cubic metres without decimals: «43»."""
        plain = self.cubic_metres.quantize(_STEP)
        text = str(int(plain)) if plain == plain.to_integral() else str(plain)
        return text.replace(".", ",").replace("-", "−")


@dataclass(frozen=True, order=True, slots=True)
class DialValue:
    """Whole cubic metres on the black digits of a meter; the red ones are not reported."""

    cubic_metres: int

    @classmethod
    def parse(cls, text: str, capacity: int) -> Self:
        """«06928», «6 928», «6928,4»: leading zeros, spaces and red digits are welcome.

        Args:
            text: what was typed, dictated or pasted.
            capacity: how many black digits the dial has.

        Raises:
            ReadingMalformed: no digits, a sign, letters, or more digits than the dial has; fact `capacity`.
        """
        found = _DIAL.fullmatch(re.sub(r"[\s\u00a0\u202f]", "", text))
        if not found or not found.group().isascii() or len(found.group(1).lstrip("0")) > capacity:
            raise ReadingMalformed(capacity=capacity)
        return cls(int(found.group(1)))

    def since(self, previous: "DialValue", capacity: int) -> int:
        """`(R1 - R0) mod 10^capacity`: by how many m³ the dial went on, over its end too (Постановление № 549, п. 26)."""
        whole: int = 10**capacity
        return (self.cubic_metres - previous.cubic_metres) % whole

    def shown(self, capacity: int) -> str:
        """As on the dial, with leading zeros: «06 928»."""
        return grouped(f"{self.cubic_metres:0{capacity}d}")


def grouped(digits: str) -> str:
    """Digits in groups of three from the right, with no-break spaces."""
    head = len(digits) % 3
    groups = [digits[:head]] if head else []
    groups += [digits[i : i + 3] for i in range(head, len(digits), 3)]
    return "\u00a0".join(groups)
