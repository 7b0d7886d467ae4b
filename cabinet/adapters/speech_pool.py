"""The spoken task: words of the shipped pool over a babble of reversed speech.

An attacker has our pool too and can compare a clip with every word of it. So no word comes out as it lies
there: its speed wavers, its voice, pitch, loudness and place are drawn anew, its high tones are tilted, and
several voices speak backwards below it, which sounds like speech to a program and like nonsense to people.
"""

import json
import math
import secrets
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from operator import add
from pathlib import Path
from typing import Final

from cabinet.domain.spoken import WORDS

RATE: Final = 8000
LENGTH: Final = 38_400
"""Samples of every clip, a byte each: 4.8 s."""

_POOL: Final = Path(__file__).resolve().parent / "data" / "speech"
_MIDDLE: Final = 128
_BLOCK: Final = 160  # samples that share one speed
_STREAMS: Final = 4  # voices that speak backwards at a time
_BELOW: Final = 0.0  # decibels that the babble lies below the words; docs/adr/0008 has what other values cost

_random = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class _Pool:
    """Every word by every voice, samples −128 to 127, and all of them backwards."""

    words: dict[str, tuple[list[int], ...]]
    backwards: tuple[list[int], ...]


class PooledSpeech:
    """The `Speech` port."""

    def speak(self, words: Sequence[str]) -> bytes:
        """WAV of 8000 unsigned 8-bit samples a second, 38 444 bytes, different at every call.

        Args:
            words: three of `domain.spoken.WORDS`.
        """
        pool = _pool()
        spoken = [_said(_random.choice(pool.words[word])) for word in words]
        track = _laid(spoken)
        babble = _babble(pool)
        share = _loudness([x for word in spoken for x in word]) / _loudness(babble) * 10 ** (-_BELOW / 20)
        return _as_wav([voice + share * other for voice, other in zip(track, babble, strict=True)])


@cache
def _pool() -> _Pool:
    index = json.loads((_POOL / "index.json").read_text(encoding="utf-8"))
    by_voice = [_words_of(name, places) for name, places in index["voices"].items()]
    words = dict(zip(index["words"], zip(*by_voice, strict=True), strict=True))
    if set(words) != set(WORDS):  # pragma: no cover - a test holds the shipped pool to the words
        message = "the pool of speech is of other words: run scripts/make_speech.py"
        raise ValueError(message)
    return _Pool(words, tuple(word[::-1] for voice in by_voice for word in voice))


def _words_of(voice: str, places: list[tuple[int, int]]) -> list[list[int]]:
    with wave.open(str(_POOL / f"{voice}.wav"), "rb") as file:
        samples = [sample - _MIDDLE for sample in file.readframes(file.getnframes())]
    return [samples[begin:end] for begin, end in places]


def _said(word: list[int]) -> list[float]:
    """A word as this clip says it: wavering speed, tilted tones, and a loudness of its own."""
    bent = _tilted(_wavering(word, _random.uniform(0.78, 1.0)), _random.uniform(-0.35, 0.35))
    gain = _random.uniform(0.8, 1.2) * 30 / _loudness(bent)
    return [gain * x for x in bent]


def _wavering(samples: Sequence[float], speed: float) -> list[float]:
    """Read at about `speed` that swings by a tenth, so that nothing stays in step with the pool."""
    swing, period = _random.uniform(0.06, 0.12), _random.uniform(0.25, 0.6) * RATE
    phase = _random.uniform(0, math.tau)
    blocks = range(int(len(samples) / speed / (1 - swing)) // _BLOCK + 1)
    steps = [speed * (1 + swing * math.sin(phase + math.tau * n * _BLOCK / period)) for n in blocks]
    places = accumulate(step for step in steps for _ in range(_BLOCK))
    last = len(samples) - 1
    read = []
    for at in places:
        whole = int(at)
        if whole >= last:
            break
        here = samples[whole]
        read.append(here + (at - whole) * (samples[whole + 1] - here))
    return read


def _tilted(samples: list[float], by: float) -> list[float]:
    """High tones raised (negative) or lowered (positive)."""
    return [x + by * before for x, before in zip(samples, [0.0, *samples], strict=False)]


def _laid(words: list[list[float]]) -> list[float]:
    """The words in their order, with gaps drawn at random; what is too long for the clip is read on the edge."""
    free = max(0, LENGTH - sum(map(len, words)))
    shares = [_random.uniform(0.6, 1.4) for _ in range(len(words) + 1)]
    track: list[float] = []
    for word, share in zip(words, shares, strict=False):
        track += [0.0] * int(free * share / sum(shares))
        track += word
    return (track + [0.0] * LENGTH)[:LENGTH]


def _babble(pool: _Pool) -> list[float]:
    """`_STREAMS` voices that say words of the pool backwards, all through the clip."""
    together = _stream(pool)
    for _ in range(_STREAMS - 1):
        together = list(map(add, together, _stream(pool)))
    return together


def _stream(pool: _Pool) -> list[float]:
    said: list[float] = []
    while len(said) < LENGTH + RATE:
        said += _wavering(_random.choice(pool.backwards), _random.uniform(0.75, 1.1))
    begin = _random.randrange(len(said) - LENGTH)
    return said[begin : begin + LENGTH]


def _loudness(samples: Sequence[float]) -> float:
    """Root mean square."""
    return math.sqrt(sum(x * x for x in samples) / len(samples))


def _as_wav(track: list[float]) -> bytes:
    loudest = max(track)
    gain = 120 / max(loudest, -min(track))
    frames = bytes([int(_MIDDLE + 0.5 + gain * x) for x in track])
    head = b"RIFF%sWAVEfmt %s%s%s" % (
        (36 + len(frames)).to_bytes(4, "little"),
        (16).to_bytes(4, "little") + b"\1\0\1\0",
        RATE.to_bytes(4, "little") * 2 + b"\1\0\x08\0",
        b"data" + len(frames).to_bytes(4, "little"),
    )
    return head + frames
