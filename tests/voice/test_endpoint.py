from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.endpoint import Ended, Endpointer, EndpointSettings, Event, Paused, Started

FRAME = 512
SECOND = 16_000 / FRAME
"""Frames per second: 31.25."""

SETTINGS = EndpointSettings(pre_roll=0.3, post_roll=0.3, pause=0.2, end_silence=0.6)
"""What the tests count with, whatever the defaults are."""


def frames(seconds: float) -> int:
    return round(seconds * SECOND)


def run(script: list[float], settings: EndpointSettings | None = None) -> list[Event]:
    endpointer = Endpointer(settings or SETTINGS)
    events = [event for probability in script for event in endpointer.feed(probability)]
    return events + endpointer.flush()


def ended(events: list[Event]) -> list[Ended]:
    return [event for event in events if isinstance(event, Ended)]


def test_silence_gives_no_events() -> None:
    assert run([0.0] * 1000) == []


def test_speech_starts_pauses_and_ends_with_pre_roll_and_post_roll() -> None:
    script = [0.0] * 40 + [0.9] * 30 + [0.0] * 40

    assert run(script) == [
        Started((40 - 10) * FRAME),  # 0.3 s are 10 frames
        Paused(70 * FRAME),
        Ended(30 * FRAME, 80 * FRAME, 70 * FRAME),
    ]


def test_an_utterance_ends_as_soon_as_the_silence_is_long_enough() -> None:
    endpointer = Endpointer(replace(SETTINGS, end_silence=0.64))
    for probability in [0.9] * 20 + [0.0] * 19:
        assert not ended(endpointer.feed(probability))

    assert len(ended(endpointer.feed(0.0))) == 1  # the 20th frame of 32 ms


def test_a_word_of_an_eighth_of_a_second_is_kept() -> None:
    assert len(ended(run([0.0] * 30 + [0.8] * 4 + [0.0] * 30))) == 1


def test_a_click_of_one_frame_is_no_speech() -> None:
    assert run([0.0] * 30 + [0.9] + [0.0] * 30) == []


def test_clicks_far_apart_do_not_add_up_to_speech() -> None:
    assert run(([0.9] + [0.0] * 15) * 20) == []


def test_speech_at_the_very_beginning_starts_at_zero() -> None:
    assert run([0.9] * 10)[0] == Started(0)


def test_the_end_of_the_stream_ends_a_running_utterance_at_its_last_sample() -> None:
    assert run([0.0] * 20 + [0.9] * 10)[-1] == Ended(10 * FRAME, 30 * FRAME, 30 * FRAME)


def test_a_start_too_short_to_count_outlasts_a_pause() -> None:
    settings = replace(SETTINGS, pause=0.1, doubt=0.2)

    assert len(ended(run([0.0] * 30 + [0.9] * 2 + [0.0] * 5 + [0.9] * 2 + [0.0] * 30, settings))) == 1
    assert ended(run([0.0] * 30 + [0.9] * 2 + [0.0] * 7 + [0.9] * 2 + [0.0] * 30, settings)) == []


def speaking(seconds: float = 1.0) -> Endpointer:
    endpointer = Endpointer(SETTINGS)
    for _ in range(frames(seconds)):
        endpointer.feed(0.9)
    return endpointer


def silence_until_the_end(endpointer: Endpointer) -> int:
    """Frames of silence fed until the utterance ended."""
    return next(count for count in range(1, 100) if ended(endpointer.feed(0.0)))


@pytest.mark.parametrize(("seconds", "silence"), [(0.256, 8), (0.32, 10), (0.9, 29)])
def test_the_silence_that_is_needed_can_be_told_in_the_pause(seconds: float, silence: int) -> None:
    endpointer = speaking()
    for _ in range(4):
        endpointer.feed(0.0)
    endpointer.need(seconds)

    assert silence_until_the_end(endpointer) == silence - 4


def test_silence_longer_than_what_is_needed_ends_with_the_next_frame() -> None:
    endpointer = speaking()
    for _ in range(12):
        endpointer.feed(0.0)
    endpointer.need(0.3)

    (end,) = ended(endpointer.feed(0.0))
    assert end.end == end.speech_end + 10 * FRAME  # the post-roll, not all of the silence


def test_an_end_sooner_than_the_post_roll_takes_the_sound_there_is() -> None:
    endpointer = speaking()
    endpointer.feed(0.0)
    endpointer.need(0.064)

    (end,) = ended(endpointer.feed(0.0))
    assert end.end == end.speech_end + 2 * FRAME


def test_what_was_needed_is_forgotten_when_speech_goes_on() -> None:
    endpointer = speaking()
    endpointer.feed(0.0)
    endpointer.need(0.3)
    endpointer.feed(0.9)

    assert silence_until_the_end(endpointer) == 19  # 0.6 s


def test_what_was_needed_is_forgotten_with_the_utterance() -> None:
    endpointer = speaking()
    endpointer.feed(0.0)
    endpointer.need(0.3)
    silence_until_the_end(endpointer)
    for _ in range(20):
        endpointer.feed(0.9)

    assert silence_until_the_end(endpointer) == 19


def test_the_end_of_speech_stays_while_nothing_more_is_said() -> None:
    endpointer = speaking(0.32)
    places = {endpointer.speech_end}
    for _ in range(9):
        endpointer.feed(0.2)
        places.add(endpointer.speech_end)
    assert places == {10 * FRAME}

    endpointer.feed(0.9)
    assert endpointer.speech_end == 20 * FRAME


def test_an_utterance_runs_from_its_first_sound_to_its_end() -> None:
    endpointer = Endpointer(SETTINGS)
    endpointer.feed(0.0)
    assert not endpointer.running
    endpointer.feed(0.9)
    assert endpointer.running
    for _ in range(20):
        endpointer.feed(0.9)
    silence_until_the_end(endpointer)
    assert not endpointer.running


def test_a_wavering_judge_does_not_cut_a_word() -> None:
    script = [0.0] * 20 + [0.9, 0.4] * 20 + [0.0] * 30

    assert [type(event) for event in run(script)] == [Started, Paused, Ended]


def test_between_the_thresholds_silence_stays_silence() -> None:
    assert run([0.45] * 200) == []


def test_a_pause_within_a_sentence_does_not_end_it() -> None:
    script = [0.9] * 20 + [0.0] * frames(0.4) + [0.9] * 20 + [0.0] * frames(1)
    events = run(script)

    assert [type(event) for event in events] == [Started, Paused, Paused, Ended]
    assert ended(events)[0].speech_end == (40 + frames(0.4)) * FRAME


def test_two_requests_a_second_apart_are_two_utterances() -> None:
    script = ([0.9] * 20 + [0.0] * frames(1)) * 2
    first, second = ended(run(script))

    assert first.end <= second.start
    assert second.start == (20 + frames(1) - 10) * FRAME  # its pre-roll is whole


def test_an_endless_utterance_is_cut_at_its_pause() -> None:
    pause = frames(20)
    script = [0.9] * pause + [0.0] * 8 + [0.9] * frames(20)
    first, second = ended(run(script))

    assert first.cut
    assert pause * FRAME <= first.end <= (pause + 8) * FRAME
    assert second.start <= (pause + 8) * FRAME
    assert second.end == len(script) * FRAME


def test_an_endless_utterance_without_a_pause_is_cut_where_speech_is_least_likely_and_nothing_is_lost() -> None:
    script = [0.9] * frames(22) + [0.5] * 6 + [0.9] * frames(45)
    cut = ended(run(script))

    assert cut[0].start == 0
    assert frames(22) * FRAME <= cut[0].end <= (frames(22) + 6) * FRAME
    assert [one.end for one in cut[:-1]] == [one.start for one in cut[1:]]
    assert cut[-1].end == len(script) * FRAME
    assert [one.cut for one in cut] == [True] * (len(cut) - 1) + [False]


def test_a_short_word_right_after_a_cut_is_kept() -> None:
    settings = replace(SETTINGS, longest=4.0)
    script = [0.9] * (frames(4) - 6) + [0.0] * 5 + [0.9] + [0.0] * 40
    cut = ended(run(script, settings))

    assert cut[0].cut
    assert cut[-1].speech_end == (frames(4)) * FRAME


def test_after_the_flush_nothing_runs_any_more() -> None:
    endpointer = Endpointer(SETTINGS)
    for _ in range(10):
        endpointer.feed(0.9)
    assert len(ended(endpointer.flush())) == 1
    assert endpointer.flush() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_threshold": 0.3, "stop_threshold": 0.5},
        {"stop_threshold": 0.0},
        {"start_threshold": 1.5},
        {"pre_roll": -0.1},
        {"pause": 0.0},
        {"pause": 0.7},
        {"pause": 0.3, "end_silence_short": 0.25},
        {"doubt": -0.1},
        {"post_roll": 0.9},
        {"longest": 1.0},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"threshold|cannot be|pause|post_roll|longest"):
        replace(SETTINGS, **wrong)


scripts = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.36, 0.45, 0.5, 0.7, 1.0]), st.integers(1, 40)), max_size=40
).map(lambda runs: [probability for probability, times in runs for _ in range(times)])


@given(scripts, st.sampled_from([0.0, 0.3, 0.5]), st.sampled_from([4.0, 30.0]))
def test_utterances_come_in_order_never_overlap_and_are_never_too_long(
    script: list[float], pre_roll: float, longest: float
) -> None:
    events = run(script, replace(SETTINGS, pre_roll=pre_roll, longest=longest))
    cuts = ended(events)

    assert [event.start for event in events if isinstance(event, Started)] == [one.start for one in cuts]
    assert all(one.start < one.speech_end <= one.end <= len(script) * FRAME for one in cuts)
    assert all(one.end - one.start <= (longest + 0.032) * 16_000 for one in cuts)
    assert all(one.end <= two.start for one, two in pairwise(cuts))


@given(scripts, st.sampled_from([4.0, 30.0]))
def test_no_run_of_speech_is_lost(script: list[float], longest: float) -> None:
    cuts = ended(run(script, replace(SETTINGS, longest=longest)))
    inside = {frame for one in cuts for frame in range(one.start // FRAME, one.end // FRAME)}

    lengths = run_lengths(script)
    lost = [frame for frame, length in enumerate(lengths) if length >= 4 and frame not in inside]
    assert lost == []


@given(scripts)
def test_the_pre_roll_is_whole_unless_the_utterance_before_holds_it(script: list[float]) -> None:
    before = 0
    for one in ended(run(script, replace(SETTINGS, longest=4.0))):
        speech = [frame for frame in range(len(script)) if script[frame] >= 0.5 and frame * FRAME < one.end]
        assert one.start == before or one.start in [max(before, (frame - 10) * FRAME) for frame in speech]
        before = one.end


@given(scripts, st.sampled_from([4.0, 30.0]))
def test_sound_that_will_be_asked_for_is_always_still_kept(script: list[float], longest: float) -> None:
    endpointer = Endpointer(replace(SETTINGS, longest=longest))
    kept: list[int] = []
    for now, probability in enumerate(script, start=1):
        kept.append(endpointer.keep_from)
        for one in ended(endpointer.feed(probability)):
            assert one.start >= max(kept)
        assert now * FRAME - endpointer.keep_from <= (longest + 1) * 16_000
    for one in ended(endpointer.flush()):
        assert one.start >= max(kept, default=0)


def run_lengths(script: list[float]) -> list[int]:
    """For each frame the length of the unbroken run of certain speech it lies in, 0 outside."""
    lengths = [0] * len(script)
    start = 0
    while start < len(script):
        end = start
        while end < len(script) and script[end] >= 0.5:
            end += 1
        lengths[start:end] = [end - start] * (end - start)
        start = max(end, start + 1)
    return lengths
