import io
import json
import statistics
import time
import wave

import pytest

from cabinet.adapters import speech_pool
from cabinet.adapters.speech_pool import LENGTH, RATE, PooledSpeech
from cabinet.domain.spoken import WORDS, new_words
from cabinet.ports import Speech
from tests.fakes import FakeSpeech


@pytest.fixture(params=[PooledSpeech, FakeSpeech])
def speech(request: pytest.FixtureRequest) -> Speech:
    made: Speech = request.param()
    return made


def test_a_clip_is_wav_of_at_most_40_kb(speech: Speech) -> None:
    clips = [speech.speak(new_words()) for _ in range(10)]
    assert all(x[:4] == b"RIFF" and x[8:12] == b"WAVE" and len(x) <= 40_000 for x in clips)


def test_one_task_is_never_spoken_alike(speech: Speech) -> None:
    assert len({speech.speak(WORDS[:3]) for _ in range(5)}) == 5


def samples(clip: bytes) -> list[int]:
    with wave.open(io.BytesIO(clip)) as file:
        assert file.getparams()[:4] == (1, 1, RATE, LENGTH)
        return [sample - 128 for sample in file.readframes(LENGTH)]


def test_a_clip_is_loud_and_nowhere_silent_whatever_its_words() -> None:
    longest = sorted(WORDS, key=len)[-3:]
    for words in (longest, WORDS[:3], WORDS[-3:]):
        for _ in range(5):
            track = samples(PooledSpeech().speak(words))
            assert max(map(abs, track)) >= 110
            quietest = min(
                statistics.fmean(map(abs, track[at : at + RATE // 2])) for at in range(0, LENGTH, RATE // 2)
            )
            assert quietest > 1


def test_three_words_of_any_voice_fit_into_a_clip() -> None:
    longest = sorted((max(map(len, voices)) for voices in speech_pool._pool().words.values()), reverse=True)
    slowest = 0.78 * (1 - 0.12)
    assert sum(longest[:3]) / slowest < LENGTH


def test_the_shipped_pool_has_every_word_by_every_voice_and_stays_small() -> None:
    index = json.loads((speech_pool._POOL / "index.json").read_text(encoding="utf-8"))
    assert tuple(index["words"]) == WORDS
    assert len(index["voices"]) >= 3
    for places in index["voices"].values():
        assert len(places) == len(WORDS)
        assert all(0.2 * RATE < end - begin < RATE for begin, end in places)
    assert sum(file.stat().st_size for file in speech_pool._POOL.iterdir()) < 2_500_000


def test_a_clip_does_not_hold_a_thread_for_long() -> None:
    speech = PooledSpeech()
    speech.speak(WORDS[:3])
    times = []
    for _ in range(9):
        start = time.thread_time()
        speech.speak(new_words())
        times.append(time.thread_time() - start)
    assert statistics.median(times) < 0.2  # 70 ms on a quiet machine
