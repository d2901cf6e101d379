"""Which voice speaks."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

import pytest

from assistant.bootstrap import open_mouth
from assistant.settings import BadSettings, Settings
from tests.voice.sound_server import VARIABLE
from voice.models import ModelError


def settings(tmp_path: Path, language: str, voice: str | None = None) -> Settings:
    return Settings(dialogue={"language": language}, voice={"voice": voice, "cache_folder": tmp_path})  # type: ignore[arg-type]


@pytest.fixture
def espeak() -> None:
    if shutil.which("espeak-ng") is None:
        missing = "not installed: espeak-ng"
        pytest.fail(missing) if os.environ.get(VARIABLE) == "required" else pytest.skip(missing)


@pytest.mark.usefixtures("espeak")
def test_a_language_without_a_voice_is_spoken_by_espeak_and_that_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        mouth = open_mouth(settings(tmp_path, "sv"))

    assert "No voice for the language 'sv' comes in a package: espeak-ng speaks" in caplog.text
    assert sum(chunk.seconds for chunk in mouth.speak("Vilken vill du ha?")) > 0.5


@pytest.mark.usefixtures("espeak")
def test_espeak_can_be_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mouth = open_mouth(settings(tmp_path, "en", "espeak-ng"))

    assert sum(chunk.seconds for chunk in mouth.speak("Which one?")) > 0.3
    assert caplog.text == ""


def test_a_voice_of_another_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"voice\.voice: en_US-joe-medium does not speak the language 'sv'"):
        open_mouth(settings(tmp_path, "sv", "en_US-joe-medium"))


def test_a_folder_without_the_named_voice_is_refused(tmp_path: Path) -> None:
    wanted = settings(tmp_path, "sv", "sv_SE-nst-medium")
    wanted = wanted.model_copy(update={"voice": wanted.voice.model_copy(update={"voice_folder": tmp_path})})

    with pytest.raises(ModelError, match="sv_SE-nst-medium is not there"):
        open_mouth(wanted)
