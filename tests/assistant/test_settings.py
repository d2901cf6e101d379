from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import BadSettings, read_settings


def test_the_file_is_read_and_the_environment_wins_over_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "handla.toml"
    file.write_text('[voice]\nwhisper = "tiny.en"\nthreads = 1\n')
    monkeypatch.setenv("HANDLA_VOICE__THREADS", "4")
    settings = read_settings(file)
    assert settings.voice.whisper == "tiny.en"
    assert settings.voice.threads == 4


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings().voice.whisper == "base"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[voice]\nwisper = "base"\n', "did you mean voice.whisper?"),
        ("[voic]\n", "did you mean voice?"),
        ("[zzz]\n", "known are: shop, voice, dialogue, listening, people, server"),
        ('voice = "base"\n', "voice is a section"),
        ("[voice]\nthreads = 0\n", "voice.threads"),
        ("[voice\n", "handla.toml"),
    ],
)
def test_a_wrong_file_is_refused_with_what_would_be_right(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "handla.toml"
    file.write_text(content)
    with pytest.raises(BadSettings) as refused:
        read_settings(file)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "says"),
    [
        ("HANDLA_VOICE__WISPER", "did you mean HANDLA_VOICE__WHISPER?"),
        ("HANDLA_VOCE__WHISPER", "did you mean HANDLA_VOICE?"),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, says: str
) -> None:
    monkeypatch.setenv(variable, "x")
    with pytest.raises(BadSettings) as refused:
        read_settings()
    assert says in str(refused.value)


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no such file"):
        read_settings(tmp_path / "handla.toml")


def test_variables_for_the_tests_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_settings()
    monkeypatch.setenv("HANDLA_TEST_POSTGRES", "required")
    assert read_settings() == before
