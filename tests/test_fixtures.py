"""The recordings in audio_fixtures: lists that tell the truth, and a script that makes the same again."""

from __future__ import annotations

import hashlib
import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.evaluation import effects
from assistant.evaluation.effects import Sound
from audio_fixtures import make
from audio_fixtures.cases import BadScript, Case, read_script
from nlu.types import INTENTS

HERE = make.HERE
COLUMNS = {
    "file", "text", "language", "intent", "slots", "voice", "kind", "noise", "pace", "pitch", "rate", "channels",
    "seconds",
}  # fmt: skip
CONVERSATION = [
    "I need a waterproof winter jacket under two hundred dollars.",
    "I'll take the second one.",
    "Medium, please.",
    "Check out, please.",
    "Yes, please.",
    "Reorder my coffee.",
    "Yes.",
    "Where is my parcel?",
    "What do you recommend?",
    "No, thank you. Goodbye.",
]


def rows(index: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / index).read_text(encoding="utf-8").splitlines()]


FIXTURES, DEMO = rows("manifest.jsonl"), rows("demo.jsonl")
UTTERANCES = [row for row in FIXTURES if row["text"]]


def samples(row: dict[str, Any]) -> NDArray[np.int16]:
    """Shape (n,), or (n, channels)."""
    with wave.open(str(HERE / row["file"])) as file:
        assert file.getsampwidth() == 2
        assert file.getframerate() == row["rate"], row["file"]
        assert file.getnchannels() == row["channels"], row["file"]
        found = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return found.reshape(-1, row["channels"]) if row["channels"] > 1 else found


def treated(row: dict[str, Any], how: str) -> bool:
    return how in (row["noise"] or "")


def decibels(level: float) -> float:
    return float(20 * np.log10(level / 32767))


# What the lists say


def test_every_row_is_complete_and_says_that_it_is_synthetic() -> None:
    for row in FIXTURES + DEMO:
        assert set(row) == COLUMNS, row["file"]
        assert row["kind"] == "synthetic"
        assert row["language"] == "en"
        assert (row["intent"] is None) == (row["text"] == "") == (row["voice"] is None), row["file"]
        assert row["text"] or row["slots"] == {}


def test_no_intent_occurs_that_is_not_ours() -> None:
    assert {row["intent"] for row in UTTERANCES} <= set(INTENTS)


def test_there_are_seventy_utterances_or_more() -> None:
    assert len(UTTERANCES) >= 70


def test_the_hard_cases_are_among_them() -> None:
    for how in ("white noise, SNR", "pink noise, SNR", "babble noise, SNR", "small room", "clipped", "very quiet"):
        assert [row for row in UTTERANCES if treated(row, how)], how
    for alone in ("digital silence", "white noise alone", "hum", "cough", "click", "typing"):
        assert [row for row in FIXTURES if not row["text"] and treated(row, alone)], alone
    assert {(row["rate"], row["channels"]) for row in UTTERANCES} == {(16000, 1), (8000, 1), (44100, 2)}
    assert min(row["pace"] for row in UTTERANCES) == 0.8
    assert max(row["pace"] for row in UTTERANCES) == 1.3
    assert {row["text"].strip(".!").lower() for row in UTTERANCES} >= {"yes", "no", "two", "stop"}


def test_prices_are_minor_units_and_ordinals_and_quantities_whole_numbers() -> None:
    slots = [(name, value) for row in UTTERANCES for name, value in row["slots"].items()]
    for name, value in slots:
        if name in ("price_min", "price_max", "ordinal", "quantity"):
            assert type(value) is int, (name, value)
        if name in ("price_min", "price_max"):
            assert value >= 1000
    assert ("order_number", "1274") in slots


# What the files hold


def test_every_recording_has_the_rate_and_the_length_its_row_states() -> None:
    for row in FIXTURES + DEMO:
        assert len(samples(row)) / row["rate"] == pytest.approx(row["seconds"], abs=0.001), row["file"]


def test_no_recording_occurs_twice_and_none_is_unlisted() -> None:
    files = [row["file"] for row in FIXTURES + DEMO]
    assert len(set(files)) == len(files)
    contents = [hashlib.sha256((HERE / file).read_bytes()).hexdigest() for file in files]
    assert len(set(contents)) == len(contents)
    assert sorted(files) == sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.wav"))


def test_only_the_recordings_that_are_said_to_be_clipped_reach_full_scale() -> None:
    for row in FIXTURES + DEMO:
        at_the_rail = int(np.sum(np.abs(samples(row).astype(int)) >= 32767))
        if treated(row, "clipped"):
            assert at_the_rail > 50, row["file"]
        else:
            assert at_the_rail == 0, row["file"]


def test_very_quiet_is_forty_decibels_below_full_scale() -> None:
    quiet = [row for row in FIXTURES if treated(row, "very quiet")]
    assert len(quiet) >= 2
    for row in quiet:
        assert decibels(np.max(np.abs(samples(row)))) == pytest.approx(-40, abs=0.1)


def test_silence_is_silent_and_all_else_is_not() -> None:
    for row in FIXTURES + DEMO:
        assert np.any(samples(row)) == (not treated(row, "silence")), row["file"]


def test_all_recordings_together_stay_under_eight_megabytes() -> None:
    assert sum(path.stat().st_size for path in HERE.rglob("*.wav")) < 8_000_000


def test_the_demo_is_the_conversation_with_half_a_second_before_and_a_second_after_each_turn() -> None:
    assert [row["text"] for row in DEMO] == CONVERSATION
    assert [row["file"] for row in DEMO] == [f"demo/{number:02d}.wav" for number in range(1, 11)]
    for row in DEMO:
        sound = samples(row).astype(float) / 32767
        before, after = sound[: row["rate"] // 2], sound[-row["rate"] :]
        speech = sound[row["rate"] // 2 : -row["rate"]]
        for around in (before, after):
            assert np.std(around) < 0.1 * np.std(speech) if row["noise"] else not np.any(around), row["file"]


def test_the_lists_say_what_the_script_says() -> None:
    script = read_script()
    for listed, cases in ((FIXTURES, script.fixtures), (DEMO, script.demo)):
        assert [row["file"] for row in listed] == list(cases)
        for row, case in zip(listed, cases.values(), strict=True):
            assert (row["text"], row["intent"], row["slots"]) == (case.say, case.intent, dict(case.slots))
            assert (row["noise"], row["rate"], row["pace"]) == (case.treatment, case.rate, case.pace)


# How they are made


def hummed(words: str, pace: float) -> tuple[Sound, int]:
    """A voice that needs no weights: one tone a word, 0.1 s each at natural pace."""
    time = np.arange(round(2205 * pace)) / 22050
    tones = [np.sin(2 * np.pi * (200 + 20 * len(word)) * time) for word in words.split()]
    return 0.5 * np.concatenate(tones), 22050


def tone(hertz: float, rate: int, seconds: float = 1.0) -> Sound:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def pitch_of(sound: Sound, rate: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound))))) * rate / len(sound))


def test_resampling_keeps_the_length_in_seconds_the_pitch_and_the_level() -> None:
    for wanted in (8000, 16000, 44100):
        sound = effects.resampled(tone(440, 22050), 22050, wanted)
        assert len(sound) == wanted
        assert pitch_of(sound, wanted) == pytest.approx(440, abs=1)
        assert np.std(sound) == pytest.approx(np.std(tone(440, 22050)), rel=0.01)


def test_resampling_to_a_lower_rate_leaves_out_what_that_rate_cannot_hold() -> None:
    sound = effects.resampled(tone(6000, 16000), 16000, 8000)
    assert np.std(sound[800:-800]) < 0.001


@pytest.mark.parametrize("snr", [0, 10, 25])
def test_noise_is_as_far_below_the_speech_as_stated(snr: float) -> None:
    speech = effects.padded(tone(300, 16000), 16000, 0.5, 1.0)
    noisy = effects.with_noise(speech, np.random.default_rng(1).standard_normal(len(speech)), snr)
    noise = noisy - speech
    spoken = np.std(speech[8000:24000])
    assert 20 * np.log10(spoken / np.std(noise)) == pytest.approx(snr, abs=0.5)


def test_a_room_falls_by_sixty_decibels_in_the_stated_time() -> None:
    click = np.zeros(16000)
    click[0] = 1.0
    echo = effects.in_room(click, 16000, 0.4, np.random.default_rng(2))
    assert echo[0] == pytest.approx(1.0)
    early, late = np.std(echo[480:800]), np.std(echo[3680:4000])  # 0.2 s apart
    assert 20 * np.log10(early / late) == pytest.approx(30, abs=3)


def test_a_higher_pitch_keeps_the_pace() -> None:
    natural, higher = (make.sound_of("x", Case(say="oh", pitch=pitch), hummed) for pitch in (1.0, 1.2))
    assert len(higher) == pytest.approx(len(natural), abs=2)
    assert pitch_of(higher, 16000) == pytest.approx(1.2 * pitch_of(natural, 16000), rel=0.02)


def test_making_everything_twice_gives_the_same_bytes_and_removes_what_is_no_longer_listed(tmp_path: Path) -> None:
    stale = tmp_path / "wav" / "an-old-one.wav"
    stale.parent.mkdir()
    stale.write_bytes(b"")
    make.make(tmp_path, hummed)
    first = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*.*"))}
    make.make(tmp_path, hummed)
    assert {path: path.read_bytes() for path in sorted(tmp_path.rglob("*.*"))} == first
    assert len(first) == len(FIXTURES) + len(DEMO) + 2
    assert not stale.exists()


def test_two_rows_that_make_the_same_file_are_refused(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text('utterances: [{say: "Yes."}, {say: "Yes!"}]\nwordless: []\ndemo: []\n')
    with pytest.raises(BadScript, match=r"two rows make wav/yes\.wav; give one of them a name"):
        read_script(script)


def test_a_field_the_script_does_not_know_is_refused_with_its_row(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text('utterances: [{say: "Yes.", spede: 2}]\nwordless: []\ndemo: []\n')
    with pytest.raises(BadScript, match=r"Yes.*no such field: spede"):
        read_script(script)


def test_a_sound_over_full_scale_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="exceeds full scale"):
        make.write_wav(tmp_path / "loud.wav", np.array([0.0, 1.2]), 16000)
    assert not (tmp_path / "loud.wav").exists()


def test_without_the_voice_nothing_is_written_and_the_message_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "target"
    assert make.main([str(tmp_path)], target) == 2
    message = capsys.readouterr().err
    assert str(tmp_path) in message
    assert "en_US-joe-medium.onnx" in message
    assert not target.exists()


@pytest.mark.models
def test_the_voice_says_a_row_the_same_way_each_time_it_is_loaded() -> None:
    words, pace = "Where is order one two seven four?", 0.9
    first, rate = make.joe()(words, pace)
    second, _ = make.joe()(words, pace)
    assert rate == 22050
    assert np.array_equal(first, second)


@pytest.mark.models
@pytest.mark.parametrize("file", ["wav/im-out-of-laundry-detergent-get-me.wav", "wav/yes-fast.wav", "demo/01.wav"])
def test_remaking_a_recording_gives_the_one_that_is_kept(file: str) -> None:
    script, kept = read_script(), {row["file"]: row for row in FIXTURES + DEMO}[file]
    case = {**script.fixtures, **script.demo}[file]
    around = make.AROUND_IN_DEMO if file.startswith("demo/") else make.AROUND
    remade = effects.to_pcm(make.sound_of(file, case, make.joe(), around))
    # Another processor rounds differently, and the voice's durations are rounded to frames of 12 ms.
    assert len(remade) == pytest.approx(len(samples(kept)), abs=400)
    size = min(len(remade), len(samples(kept)))
    assert np.corrcoef(remade[:size], samples(kept)[:size])[0, 1] > 0.99
