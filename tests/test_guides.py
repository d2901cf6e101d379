"""Every command of Handla that a guide shows is one, with options that there are."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from assistant.cli import app

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(console|sh)\n(.*?)^```", re.M | re.S)
OPERATOR = re.compile(r"[();<>|&]+")


def typed(page: str) -> Iterator[str]:
    """Lines that a reader types, those that go on put together."""
    for kind, block in BLOCK.findall(page.replace("\\\n", " ")):
        for line in block.splitlines():
            if kind == "sh":
                yield line
            elif line.startswith("$ "):
                yield line.removeprefix("$ ")
    yield from re.findall(r"`(handla [^`]+)`", BLOCK.sub("", page))


def commands(line: str) -> Iterator[list[str]]:
    """What follows `handla` where it is the program: first, by its path, or in Docker's container of the same name."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:  # a string that goes on over several lines, as curl's bodies do
        return
    begins = True
    for number, word in enumerate(words):
        if " handla " in f" {word} " and word != "handla":
            yield from commands(word)
        if word.endswith("/bin/handla") or (word == "handla" and (begins or words[number - 1] == "handla")):
            rest = words[number + 1 :]
            ends = next((place for place, one in enumerate(rest) if OPERATOR.fullmatch(one)), len(rest))
            yield rest[:ends]
        begins = bool(OPERATOR.fullmatch(word))


def test_commands_are_found_where_they_are_typed() -> None:
    docker = "docker compose exec -T handla sh -c 'cd /tmp && handla alexa package x >&2 && tar -c x' | tar -x"
    assert list(commands(docker)) == [["alexa", "package", "x"]]
    assert list(commands("docker compose run --rm handla handla key a # shown")) == [["key", "a"]]
    assert list(commands("systemd-run --uid=handla /opt/handla/bin/handla shop upgrade")) == [["shop", "upgrade"]]
    assert list(commands("useradd --system handla")) == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: str(guide.relative_to(ROOT)))
def test_each_command_that_a_guide_shows_is_one_and_so_are_its_options(guide: Path) -> None:
    for line in typed(guide.read_text(encoding="utf-8")):
        for words in commands(line):
            command: Any = get_command(app)
            rest = words
            while hasattr(command, "commands") and rest and rest[0][:2] not in ("..", "--"):
                assert rest[0] in command.commands, line
                command, *rest = command.commands[rest[0]], *rest[1:]
            there = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
            used = {word.partition("=")[0] for word in rest if word.startswith("--") and word != "--"}
            assert used <= there or command.context_settings.get("ignore_unknown_options"), line


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: str(guide.relative_to(ROOT)))
def test_what_a_guide_links_to_is_there(guide: Path) -> None:
    linked = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", guide.read_text(encoding="utf-8"))
    assert [path for path in linked if not (guide.parent / path).exists()] == []
