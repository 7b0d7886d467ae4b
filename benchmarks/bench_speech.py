"""How well a program that has our pool of words recognises the spoken task, and what making it costs.

The attacker compares a clip with every word of every voice at several speeds: sample by sample (a matched
filter) and by spectrum (what speech recognisers of single words do). Both are tried on clean speech of the same
pool first, to show that they work. No recogniser of Russian speech is in PyPI or Debian without a download.
"""

import io
import itertools
import statistics
import time
import wave
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from benchmarks import Row
from cabinet.adapters import speech_pool
from cabinet.adapters.speech_pool import LENGTH, PooledSpeech
from cabinet.domain.spoken import COUNT, new_words

CLIPS = 100
FILTERED = 12  # the matched filter takes seconds for a clip
SPEEDS = (0.72, 0.79, 0.86, 0.93, 1.0, 1.07)
WINDOW, HOP, BANDS = 256, 80, 24
Wave = npt.NDArray[np.float32]
Heard = list[tuple[float, int, str]]  # score, place, word


def run() -> list[Row]:
    """Size and time of a clip; both attacks on clean speech and on ours."""
    speech = PooledSpeech()
    asked = [new_words() for _ in range(CLIPS)]
    clips, milliseconds = speak(speech, asked)
    kilobytes = max(map(len, clips)) / 1000
    median = statistics.median(milliseconds)
    rows = [
        Row("speech: processor time of a clip, median", f"{median:.0f} ms", "≤ 100 ms", ok=median <= 100),
        Row("speech: a clip", f"{kilobytes:.1f} kB", "≤ 40 kB", ok=kilobytes <= 40),
    ]
    ours = [samples_of(clip) for clip in clips]
    clean = [clean_speech(words) for words in asked]
    for name, attack, most in (
        ("matched filter", by_samples, FILTERED),
        ("spectra", by_spectra, CLIPS),
    ):
        for kind, heard in (("clean speech", clean), ("our clips", ours)):
            rows.append(rate(f"speech: {name}, {kind}", attack(heard[:most]), asked[:most]))
    return rows


def rate(name: str, guessed: list[tuple[str, ...]], asked: list[tuple[str, ...]]) -> Row:
    whole = sum(a == b for a, b in zip(guessed, asked, strict=True))
    words = sum(len(set(a) & set(b)) for a, b in zip(guessed, asked, strict=True))
    share = whole / len(asked)
    measured = f"{whole} of {len(asked)} = {share:.0%} (words {words / len(asked) / COUNT:.0%})"
    control = "clean" in name
    return Row(name, measured, "the attack works" if control else "≤ 5 %", ok=control or share <= 0.05)


def speak(speech: PooledSpeech, asked: list[tuple[str, ...]]) -> tuple[list[bytes], list[float]]:
    speech.speak(asked[0])
    clips, milliseconds = [], []
    for words in asked:
        start = time.thread_time()
        clips.append(speech.speak(words))
        milliseconds.append((time.thread_time() - start) * 1000)
    return clips, milliseconds


def samples_of(clip: bytes) -> Wave:
    with wave.open(io.BytesIO(clip)) as file:
        return np.frombuffer(file.readframes(LENGTH), np.uint8).astype(np.float32) - 128


def clean_speech(words: tuple[str, ...]) -> Wave:
    """The pool's words as they are, with silence between."""
    track = np.zeros(LENGTH, np.float32)
    for number, word in enumerate(words):
        said = speech_pool._random.choice(speech_pool._pool().words[word])  # noqa: SLF001 - the attacker has it
        at = 2000 + number * LENGTH // COUNT
        track[at : at + len(said)] = said
    return track


def templates() -> Iterator[tuple[str, Wave]]:
    """Every word of every voice at every speed."""
    for word, voices in speech_pool._pool().words.items():  # noqa: SLF001 - the attacker has it
        for said in voices:
            for speed in SPEEDS:
                places = np.arange(0, len(said) - 1, speed)
                yield word, np.interp(places, np.arange(len(said)), said).astype(np.float32)


def by_samples(clips: list[Wave]) -> list[tuple[str, ...]]:
    """Normalised cross-correlation of the waves."""
    size = 1 << 16
    waves = np.fft.rfft(np.stack(clips), size)
    energy = [np.concatenate([[0], np.cumsum(clip.astype(np.float64) ** 2)]) for clip in clips]
    found: list[Heard] = [[] for _ in clips]
    for word, said in templates():
        match = np.fft.irfft(waves * np.conj(np.fft.rfft(said, size)), size)[:, : LENGTH - len(said)]
        for number, line in enumerate(match):
            window = energy[number][len(said) :][: line.size] - energy[number][: line.size]
            score = line / np.sqrt(np.maximum(window, 1e4) * float(said @ said))
            at = int(score.argmax())
            found[number].append((float(score[at]), at + len(said) // 2, word))
    return [best(heard, LENGTH // 12) for heard in found]


def by_spectra(clips: list[Wave]) -> list[tuple[str, ...]]:
    """Normalised correlation of log spectra, each band about its own mean."""
    size = 1024
    views = [spectrum(clip) for clip in clips]
    lines = np.fft.rfft(np.stack(views), size, axis=1)
    energy = [np.concatenate([[0], np.cumsum((view**2).sum(axis=1))]) for view in views]
    found: list[Heard] = [[] for _ in clips]
    for word, said in templates():
        view = spectrum(said)
        pattern = np.conj(np.fft.rfft(view, size, axis=0))
        match = np.fft.irfft((lines * pattern).sum(axis=2), size, axis=1)
        for number, line in enumerate(match[:, : len(views[0]) - len(view)]):
            window = energy[number][len(view) :][: line.size] - energy[number][: line.size]
            score = line / np.sqrt(np.maximum(window, 1.0) * float((view**2).sum()))
            at = int(score.argmax())
            found[number].append((float(score[at]), at + len(view) // 2, word))
    return [best(heard, LENGTH // HOP // 12) for heard in found]


def spectrum(samples: Wave) -> Wave:
    """Log energies: frames of 10 ms × `BANDS`, about equally wide to the ear."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, WINDOW // 2), WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW))) ** 2
    edges = 700 * (10 ** (np.linspace(150, 2100, BANDS + 1) / 2595) - 1) * WINDOW / 8000
    view = np.stack(
        [power[:, int(a) : max(int(a) + 1, int(b))].sum(axis=1) for a, b in itertools.pairwise(edges)],
        axis=1,
    )
    logs = np.log(view + 1e4)
    return logs - logs.mean(axis=0)


def best(heard: Heard, apart: int) -> tuple[str, ...]:
    """The words that fit best, no two of them the same or in one place, in the order of their places."""
    taken: Heard = []
    for score, at, word in sorted(heard, reverse=True):
        if all(word != other and abs(at - place) > apart for _, place, other in taken):
            taken.append((score, at, word))
        if len(taken) == COUNT:
            break
    return tuple(word for _, _, word in sorted(taken, key=lambda item: item[1]))
