"""The shipped pool of spoken words, made by Debian's espeak-ng; run again when the words change.

One file of WAV for each voice, all its words one after another, and `index.json` that says where each lies:
unsigned 8-bit samples, 8000 a second, which every browser plays and Python reads without a codec.
"""

import io
import json
import math
import struct
import subprocess
import sys
import wave
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POOL = ROOT / "cabinet" / "adapters" / "data" / "speech"
sys.path.insert(0, str(ROOT))

from cabinet.domain.spoken import WORDS  # noqa: E402

RATE = 8000
# Name → espeak-ng's voice, pitch (0 to 99), words a minute.
VOICES = {"low": ("ru+m3", 32, 135), "middle": ("ru", 50, 145), "high": ("ru+f2", 58, 130)}
_TAPS = 24
_QUIET = 0.02


def spoken(word: str, voice: tuple[str, int, int]) -> list[float]:
    """The word at `RATE`, without silence around it, its loudest sample 0.95."""
    name, pitch, speed = voice
    call = ["espeak-ng", "-v", name, "-p", str(pitch), "-s", str(speed), "--stdout", word]
    done = subprocess.run(call, capture_output=True, check=True)
    with wave.open(io.BytesIO(done.stdout)) as file:
        rate, frames = file.getframerate(), file.readframes(file.getnframes())
    samples = struct.unpack(f"<{len(frames) // 2}h", frames)
    slower = resampled([sample / 32768 for sample in samples], rate)
    loudest = max(map(abs, slower))
    return trimmed([0.95 * sample / loudest for sample in slower])


def resampled(samples: list[float], rate: int) -> list[float]:
    """From `rate` to `RATE` through a windowed sinc that lets nothing above the new band's edge pass."""
    step = rate / RATE
    reach = int(_TAPS * step / 2)
    made = []
    for number in range(int(len(samples) / step)):
        middle = number * step
        near = range(max(0, int(middle) - reach), min(len(samples), int(middle) + reach + 1))
        made.append(sum(samples[i] * _kernel((i - middle) / step) for i in near) / step)
    return made


def _kernel(at: float) -> float:
    if abs(at) >= _TAPS / 2:
        return 0.0
    window = 0.5 + 0.5 * math.cos(2 * math.pi * at / _TAPS)
    return window * (math.sin(math.pi * at) / (math.pi * at) if at else 1.0)


def trimmed(samples: list[float]) -> list[float]:
    """Without the silence before and after."""
    loud = [number for number, sample in enumerate(samples) if abs(sample) > _QUIET]
    return samples[loud[0] : loud[-1] + 1]


def write_voice(name: str, words: list[list[float]]) -> list[tuple[int, int]]:
    """The file of one voice; begin and end of every word, in samples."""
    places, frames = [], bytearray()
    for word in words:
        begin = len(frames)
        frames += bytes(round(128 + 127 * sample) for sample in word)
        places.append((begin, len(frames)))
    with wave.open(str(POOL / f"{name}.wav"), "wb") as file:
        file.setparams((1, 1, RATE, len(frames), "NONE", ""))
        file.writeframes(bytes(frames))
    return places


def main() -> None:
    """Make the pool anew."""
    POOL.mkdir(parents=True, exist_ok=True)
    places = {
        name: write_voice(name, [spoken(word, voice) for word in WORDS]) for name, voice in VOICES.items()
    }
    (POOL / "index.json").write_text(json.dumps({"words": WORDS, "voices": places}, ensure_ascii=False))
    size = sum(file.stat().st_size for file in POOL.iterdir())
    print(f"{len(WORDS)} words, {len(VOICES)} voices, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
