"""What a short message costs: the parts that a network makes of it."""

from typing import Final

# 3GPP TS 23.038, the basic table; its extension table costs two septets a character.
_GSM7: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("^{}\\[~]|€\f")


def sms_parts(text: str) -> int:
    """How many messages the network counts, and bills, for a text.

    Latin letters alone: 160 in one, 153 in each of several; anything else: 70 and 67 UTF-16 units.
    """
    if set(text) <= _GSM7 | _EXTENDED:
        return _parts(len(text) + sum(c in _EXTENDED for c in text), 160, 153)
    return _parts(len(text.encode("utf-16-le")) // 2, 70, 67)


def _parts(length: int, alone: int, each: int) -> int:
    return 1 if length <= alone else -(-length // each)
