from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from voice.models import ModelError, VoiceFiles, voice_files
from voice.piper import Piper, PiperSettings


def joined(voice: Piper, text: str) -> tuple[NDArray[np.int16], int]:
    """The whole sound, and its rate."""
    chunks = list(voice.speak(text))
    return np.concatenate([chunk.samples for chunk in chunks]), chunks[0].rate


def test_a_missing_voice_is_named(tmp_path: Path) -> None:
    files = VoiceFiles(tmp_path / "a.onnx", tmp_path / "a.onnx.json")

    with pytest.raises(ModelError, match=r"a\.onnx: missing"):
        list(Piper(files).speak("Hello."))


def test_a_description_that_is_none_is_named(tmp_path: Path) -> None:
    files = VoiceFiles(tmp_path / "a.onnx", tmp_path / "a.onnx.json")
    files.onnx.write_bytes(b"")
    files.config.write_text('{"audio": 1}')

    with pytest.raises(ModelError, match=r"a\.onnx\.json: not the description of a Piper voice"):
        Piper(files).warm_up()


def test_text_without_words_needs_no_voice(tmp_path: Path) -> None:
    piper = Piper(VoiceFiles(tmp_path / "none", tmp_path / "none"))

    assert [list(piper.speak(text)) for text in ("", "  \n", "... !")] == [[], [], []]


@pytest.mark.parametrize(
    "wrong", [{"length_scale": 0.0}, {"length_scale": 9.0}, {"volume": 0.0}, {"volume": 3.0}, {"variation": 2.0}]
)
def test_settings_that_give_no_speech_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"length_scale|volume|variation"):
        PiperSettings(**wrong)


@pytest.mark.models
def test_a_text_is_spoken_sentence_by_sentence(piper: Piper) -> None:
    whole = Piper(piper.files, PiperSettings(streamed=False))
    chunks = list(whole.speak("Here are three jackets. The first is blue.\nShall I order it?"))

    assert len(chunks) == 3
    assert all(chunk.rate == 22_050 and chunk.samples.dtype == np.int16 for chunk in chunks)
    assert all(1.0 < chunk.seconds < 4.0 for chunk in chunks)


@pytest.mark.models
@pytest.mark.parametrize("streamed", [True, False])
def test_the_leading_silence_is_cut_to_a_moment_and_a_gap_is_left_behind(piper: Piper, streamed: bool) -> None:
    voice = Piper(piper.files, PiperSettings(streamed=streamed))
    for text, shortest, longest in (("Here are three jackets.", 0.249, 0.5), ("Here are three,", 0.09, 0.101)):
        sound, rate = joined(voice, text)
        loud = np.flatnonzero(np.abs(sound.astype(int)) > 0.01 * 32767)
        assert loud[0] / rate <= 0.021
        assert shortest <= (len(sound) - loud[-1]) / rate <= longest


@pytest.mark.models
def test_a_sentence_in_parts_is_the_same_sound_as_whole_but_for_its_loudness(piper: Piper) -> None:
    whole = Piper(piper.files, PiperSettings(variation=0.0, streamed=False))
    text = "I found the Harbor Winter Parka at 149 dollars, all waterproof."
    parts = list(piper.speak(text))
    streamed, at_once = (joined(voice, text)[0].astype(float) for voice in (piper, whole))

    assert len(parts) >= 3
    assert parts[0].seconds < 0.5
    shift = np.argmax(np.abs(at_once) > 400) - np.argmax(np.abs(streamed) > 400 * np.ptp(streamed) / np.ptp(at_once))
    length = min(len(streamed), len(at_once) - max(0, shift)) - 100
    pair = np.stack([streamed[max(0, -shift) :][:length], at_once[max(0, shift) :][:length]])
    assert np.corrcoef(pair)[0, 1] > 0.999


@pytest.mark.models
def test_sentences_in_parts_are_about_equally_loud_and_never_cut_off(piper: Piper) -> None:
    peaks = [
        np.abs(joined(piper, text)[0].astype(int)).max() / 32767
        for text in ("Done.", "Which one would you like?", "Order 4 0 7 2 is placed.", "Your basket is empty.")
    ]
    assert min(peaks) > 0.3
    assert max(peaks) <= 1.0


@pytest.mark.models
def test_rate_and_volume_can_be_set(piper: Piper) -> None:
    slow, quiet = (Piper(piper.files, how) for how in (PiperSettings(length_scale=2.0), PiperSettings(volume=0.2)))
    text = "Your basket is empty."
    plain, _ = joined(piper, text)

    assert len(joined(slow, text)[0]) > 1.4 * len(plain)
    assert np.abs(joined(quiet, text)[0]).max() < 0.3 * np.abs(plain).max()


@pytest.mark.models
def test_without_variation_a_text_sounds_the_same_every_time(piper: Piper) -> None:
    lively = Piper(piper.files)
    first, second = (joined(piper, "Thank you.")[0] for _ in range(2))
    third, fourth = (joined(lively, "Thank you.")[0] for _ in range(2))

    assert np.array_equal(first, second)
    assert not np.array_equal(third, fourth)


@pytest.mark.models
def test_a_damaged_voice_is_named(tmp_path: Path) -> None:
    good = voice_files()
    files = VoiceFiles(tmp_path / "a.onnx", tmp_path / "a.onnx.json")
    shutil.copy(good.config, files.config)
    files.onnx.write_bytes(b"not a network")

    with pytest.raises(ModelError, match=r"a\.onnx: the voice cannot be loaded"):
        Piper(files).warm_up()
