from __future__ import annotations

import json
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import endpoint
from benchmarks._laid import AFTER, BEFORE, Recording, Stretch, lay
from benchmarks.endpoint import Ending, Tally, TimedWorker
from tests.voice.sounds import RATE, silence, tone, white


def recording(*phrases: str) -> Recording:
    """A second of tone from 0.5 s on."""
    samples = np.concatenate([silence(0.5), tone(1.0, 300), silence(0.5)])
    return Recording("one", "orders", phrases, samples, 0.5, 1.5, quiet=True)


def level(samples: NDArray[np.int16]) -> float:
    return float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2)))


def test_a_recording_is_laid_between_silences_and_its_speech_is_where_it_says() -> None:
    stretch = lay(recording(), None, math.inf, seed=1)

    assert len(stretch.samples) == round((BEFORE + 2 + AFTER) * RATE)
    loud = np.flatnonzero(stretch.samples) / RATE
    assert (loud[0], loud[-1]) == pytest.approx((stretch.first, stretch.last), abs=0.001)


@pytest.mark.parametrize("snr", [18.0, 6.0])
def test_noise_is_as_loud_as_asked_below_the_speech_and_the_same_each_time(snr: float) -> None:
    noise = white(20, 900)
    stretch = lay(recording(), noise, snr, seed=1)
    alone = stretch.samples[: round(BEFORE * RATE)]

    assert level(tone(1.0, 300)) - level(alone) == pytest.approx(snr, abs=0.3)
    assert np.array_equal(stretch.samples, lay(recording(), noise, snr, seed=1).samples)
    assert not np.array_equal(stretch.samples, lay(recording(), noise, snr, seed=2).samples)


def stretch(*phrases: str) -> Stretch:
    return lay(recording(*phrases), None, math.inf, seed=1)  # speech from 2.0 to 3.0


def tally(*turns: Ending, phrases: tuple[str, ...] = ()) -> Tally:
    found = Tally()
    found.add(stretch(*phrases), turns)
    return found


def test_a_turn_ended_after_the_last_sample_counts_from_there() -> None:
    found = tally(Ending(1.5, 3.05, 3.4, 3.5, "a latte"))

    assert (found.cut, found.missed) == ([], [])
    assert found.decisions == pytest.approx([0.4])
    assert found.texts == pytest.approx([0.5])


def test_a_turn_ended_within_the_speech_is_a_cut() -> None:
    found = tally(Ending(1.5, 2.4, 2.7, 2.7, "a"), Ending(2.7, 3.0, 3.4, 3.5, "latte"))

    assert found.cut == ["one"]
    assert found.decisions == []


def test_no_turn_with_words_is_a_miss_and_a_turn_elsewhere_does_not_help() -> None:
    assert tally().missed == ["one"]
    assert tally(Ending(0.1, 1.0, 1.3, 1.4, "thank you")).missed == ["one"]
    assert tally(Ending(1.5, 3.0, 3.4, 3.5, "")).missed == ["one"]


def test_a_turn_that_starts_within_the_speech_has_lost_its_start() -> None:
    assert tally(Ending(2.1, 3.0, 3.4, 3.5, "latte")).late_starts == ["one"]
    assert tally(Ending(1.9, 3.0, 3.4, 3.5, "a latte")).late_starts == []


def test_an_order_is_heard_when_every_labelled_phrase_is_in_its_words() -> None:
    turn = Ending(1.5, 3.0, 3.4, 3.5, "A large latte, please.")

    assert tally(turn, phrases=("latte", "large")).heard == 1
    assert tally(turn, phrases=("latte", "small")).heard == 0


def test_a_timed_job_is_there_when_its_own_time_and_that_of_the_jobs_before_it_are_over() -> None:
    worker = TimedWorker()
    first, waiting, last = (worker.start(lambda: None, 1.0) for _ in range(3))
    for task, seconds in ((first, 0.3), (waiting, 0.5), (last, 0.2)):
        task.seconds = seconds  # as if it had taken so long

    assert not first.ready(1.2)
    assert first.ready(1.3)
    assert not last.ready(1.9)
    assert last.ready(2.0)


def test_a_timed_job_dropped_before_it_began_takes_no_time() -> None:
    worker = TimedWorker()
    first, waiting, last = (worker.start(lambda: None, 1.0) for _ in range(3))
    for task, seconds in ((first, 0.3), (waiting, 0.5), (last, 0.2)):
        task.seconds = seconds
    assert not first.ready(1.2)
    waiting.drop()
    first.drop()  # too late: it runs

    assert not last.ready(1.4)
    assert last.ready(1.5)


@pytest.mark.models
def test_the_benchmark_prints_one_line_with_both_listeners(capsys: pytest.CaptureFixture[str]) -> None:
    endpoint.main(["--limit", "2", "--silence"])
    report = json.loads(capsys.readouterr().out)

    for listener in ("handla", "fixed 0.7 s"):
        counted = report["silence"][listener]["all"]
        assert counted["cut"] + counted["missed"] == 0
        assert counted["text_s"]["p50"] >= counted["decision_s"]["p50"]
    for name in ("silence", "noise 20 dB", "noise 12 dB"):
        short = report["short_words"][name]
        assert short["kept"] == short["understood"] == short["said"] >= 9
