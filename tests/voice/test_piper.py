from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from voice.models import ModelError, VoiceFiles, voice_files
from voice.piper import Piper, PiperSettings


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
    chunks = list(piper.speak("Here are three jackets. The first is blue.\nShall I order it?"))

    assert len(chunks) == 3
    assert all(chunk.rate == 22_050 and chunk.samples.dtype == np.int16 for chunk in chunks)
    assert all(1.0 < chunk.seconds < 4.0 for chunk in chunks)


@pytest.mark.models
def test_the_leading_silence_is_cut_to_a_moment_and_a_gap_is_left_behind(piper: Piper) -> None:
    for chunk in piper.speak("Here are three jackets. Yes."):
        loud = np.flatnonzero(np.abs(chunk.samples.astype(int)) > 0.01 * 32767)
        assert loud[0] / chunk.rate <= 0.021
        assert (len(chunk.samples) - loud[-1]) / chunk.rate >= 0.249


@pytest.mark.models
def test_rate_and_volume_can_be_set(piper: Piper) -> None:
    slow, quiet = (Piper(piper.files, how) for how in (PiperSettings(length_scale=2.0), PiperSettings(volume=0.2)))
    text = "Your basket is empty."
    plain = next(piper.speak(text))

    assert next(slow.speak(text)).seconds > 1.4 * plain.seconds
    assert np.abs(next(quiet.speak(text)).samples).max() < 0.3 * np.abs(plain.samples).max()


@pytest.mark.models
def test_without_variation_a_text_sounds_the_same_every_time(piper: Piper) -> None:
    lively = Piper(piper.files)
    first, second = (next(piper.speak("Thank you.")) for _ in range(2))
    third, fourth = (next(lively.speak("Thank you.")) for _ in range(2))

    assert np.array_equal(first.samples, second.samples)
    assert not np.array_equal(third.samples, fourth.samples)


@pytest.mark.models
def test_a_damaged_voice_is_named(tmp_path: Path) -> None:
    good = voice_files()
    files = VoiceFiles(tmp_path / "a.onnx", tmp_path / "a.onnx.json")
    shutil.copy(good.config, files.config)
    files.onnx.write_bytes(b"not a network")

    with pytest.raises(ModelError, match=r"a\.onnx: the voice cannot be loaded"):
        Piper(files).warm_up()
