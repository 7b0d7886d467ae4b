"""Money in whole kopecks; never a float, never mixed with a volume."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from cabinet.domain.errors import InputError

_MONEY = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,2})?")
_KOPECKS = 100


class MoneyMalformed(InputError):
    """Not a sum of roubles and kopecks."""

    code = "money.malformed"


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """A sum in roubles as whole `kopecks`; positive is owed or paid, negative the other way."""

    kopecks: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Roubles as people and registers write them: «1 234,50», «282.2 ₽», «-12».

        Raises:
            MoneyMalformed: anything else: «1e3», «12,3,4», three decimals, 10³⁰, «».
        """
        bare = re.sub(r"[\s\u00a0\u202f]", "", text).removesuffix("₽").removesuffix("руб.").replace("−", "-")
        if not _MONEY.fullmatch(bare) or not bare.isascii():
            raise MoneyMalformed
        return cls.from_roubles(Decimal(bare.replace(",", ".")))

    @classmethod
    def from_roubles(cls, roubles: Decimal) -> Self:
        """Rounded half up to kopecks, as bills are."""
        return cls(int((roubles * _KOPECKS).quantize(Decimal(1), ROUND_HALF_UP)))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.kopecks + other.kopecks)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.kopecks - other.kopecks)

    def __neg__(self) -> "Money":
        return Money(-self.kopecks)

    def __abs__(self) -> "Money":
        return Money(abs(self.kopecks))

    def __bool__(self) -> bool:
        return self.kopecks != 0

    @property
    def roubles(self) -> Decimal:
        """Roubles with two decimals."""
        return Decimal(self.kopecks).scaleb(-2)

    def __str__(self) -> str:
        """«1 234,50» with a no-break space between thousands and a true minus."""
        sign = "−" if self.kopecks < 0 else ""
        whole, part = divmod(abs(self.kopecks), _KOPECKS)
        return f"{sign}{whole:,}".replace(",", "\u00a0") + f",{part:02d}"


ZERO = Money(0)
