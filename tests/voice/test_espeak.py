from __future__ import annotations

import os
import shutil

import numpy as np
import pytest

from tests.voice.sound_server import VARIABLE
from voice.espeak import PROGRAM, Espeak, EspeakSettings
from voice.models import ModelError


@pytest.fixture
def program() -> None:
    if shutil.which(PROGRAM) is None:
        missing = f"not installed: {PROGRAM}"
        pytest.fail(missing) if os.environ.get(VARIABLE) == "required" else pytest.skip(missing)


@pytest.mark.usefixtures("program")
def test_a_language_without_a_piper_voice_is_spoken() -> None:
    (sound,) = Espeak(EspeakSettings("sv")).speak("Vill du ha den i korgen?")

    assert sound.rate == 22_050
    assert 0.8 < sound.seconds < 4.0
    assert np.abs(sound.samples).max() > 3000


@pytest.mark.usefixtures("program")
def test_rate_and_volume_can_be_set() -> None:
    def speak(**how: float) -> tuple[float, int]:
        (sound,) = Espeak(EspeakSettings("en", **how)).speak("Your basket is empty now.")
        return sound.seconds, int(np.abs(sound.samples.astype(int)).max())

    plain = speak()
    assert speak(rate=2.0)[0] < 0.7 * plain[0]
    assert speak(volume=0.3)[1] < 0.5 * plain[1]


@pytest.mark.usefixtures("program")
def test_a_text_is_never_an_option_and_one_without_words_makes_no_sound() -> None:
    voice = Espeak(EspeakSettings("en"))

    assert len(list(voice.speak("--help is what I said"))) == 1
    assert list(voice.speak(" ... ")) == []


@pytest.mark.usefixtures("program")
def test_a_language_it_does_not_speak_is_refused() -> None:
    with pytest.raises(ModelError, match="does not speak 'xx'; `espeak-ng --voices` lists"):
        Espeak(EspeakSettings("xx"))


def test_where_it_is_missing_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(ModelError, match=r"espeak-ng is not installed, and no Piper voice is named for .*'sv'.*apt"):
        Espeak(EspeakSettings("sv"))


@pytest.mark.parametrize("wrong", [{"rate": 0.1}, {"rate": 9.0}, {"volume": 0.0}, {"volume": 3.0}])
def test_settings_that_give_no_speech_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"rate|volume"):
        EspeakSettings("en", **wrong)
