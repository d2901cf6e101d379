"""`handla listen` through real PortAudio, on the virtual devices of a sound server."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks._live import Listening, spoken
from tests.voice.sound_server import EAR, MOUTH, SoundServer

pytestmark = pytest.mark.device

FIXTURES = Path(__file__).parents[2] / "audio_fixtures"
DEMO = FIXTURES / "demo"


def settings(folder: Path) -> dict[str, str]:
    """The virtual microphone hears nothing of the virtual loudspeaker, as with headphones."""
    return {"HANDLA_SHOP__DATABASE": f"sqlite:///{folder / 'shop.db'}", "HANDLA_LISTENING__ECHO": "headphones"}


@pytest.fixture
def listening(sound_server: SoundServer, tmp_path: Path) -> Iterator[Listening]:
    with Listening(sound_server, settings(tmp_path), ["--customer", "C001"]) as session:
        yield session


def turn(session: Listening, file: Path) -> dict[str, object]:
    """Say it and wait until the reply was spoken."""
    began = time.monotonic()
    session.say(spoken(file))
    answered = session.wait_for("turn", began)
    if not answered["ended"]:
        session.wait_for("spoken", began)
    return answered


def placed(folder: Path) -> int:
    with sqlite3.connect(folder / "shop.db") as connection:
        return int(connection.execute("SELECT count(*) FROM sandbox_charges WHERE outcome = 'captured'").fetchone()[0])


def test_a_whole_purchase_by_voice(listening: Listening, tmp_path: Path) -> None:
    replies = [turn(listening, DEMO / f"{number:02}.wav") for number in (1, 2, 3, 4, 5, 10)]
    listening.wait_for("ended")

    assert [reply["last_reply_heard"] for reply in replies] == [True] * 6
    assert replies[4]["done"]["action"] == "order"  # type: ignore[index]
    assert placed(tmp_path) == 1
    assert listening.process.wait(15) == 0
    totals = [event["ms"] for _, event in listening.events if event["event"] == "sounded"]
    for ms in totals:
        assert sum(value for name, value in ms.items() if name != "total") == pytest.approx(ms["total"], abs=1)


def test_a_yes_that_interrupts_the_question_is_asked_again(listening: Listening, tmp_path: Path) -> None:
    began = time.monotonic()
    listening.say(spoken(DEMO / "06.wav"))
    listening.wait_for("sounded", began)
    time.sleep(0.5)
    interrupted = time.monotonic()
    first, _ = listening.say(spoken(FIXTURES / "wav" / "yes.wav"))
    again = listening.wait_for("turn", interrupted)

    assert listening.wait_for("held", interrupted)
    quiet = listening.mouth.audible(first + 0.3, first + 0.45)
    assert len(quiet) == 0
    assert again["last_reply_heard"] is False
    assert again["asks"] == "order"
    assert placed(tmp_path) == 0
    assert listening.stop() == 0


def test_the_session_outlives_devices_that_are_pulled_out(listening: Listening) -> None:
    server = listening.server
    server.unplug(EAR)
    server.unplug(MOUTH)
    listening.wait_for("trouble")
    server.plug(MOUTH)
    server.plug(EAR)
    plugged = time.monotonic()
    while "is back" not in listening.wait_for("trouble", plugged)["message"]:
        time.sleep(0.1)

    listening.ear.close()
    listening.ear = type(listening.ear)(server, EAR)
    time.sleep(0.5)
    assert turn(listening, DEMO / "08.wav")["intent"] == "order_status"
    assert listening.stop() == 0
