"""Recordings over HTTP: with ears and mouth of real code, and words of a recogniser that knows them beforehand."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import av
import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient

from assistant import bootstrap
from assistant.ears import Ears
from assistant.settings import Settings
from assistant.web.sound import Sound
from tests.assistant.served import served
from tests.shops import Shops
from voice.endpoint import EndpointSettings
from voice.types import AudioChunk, Transcript, Utterance

PARCEL = Path(__file__).parents[2] / "audio_fixtures" / "wav" / "where-is-my-parcel.wav"
ASKED = "/v1/turns/audio?session=s1&customer=C001&turn_id=t1"


class Knowing:
    """Hears the same words in every utterance, and keeps what it was told to expect."""

    hints: Sequence[str] = ()

    def transcribe(self, utterance: Utterance, hints: Sequence[str] = ()) -> Transcript:
        assert utterance.seconds > 0.3
        self.hints = hints
        return Transcript("where is my parcel", "en", 0.9)


class Humming:
    """Speaks a tenth of a second of tone for each word."""

    def speak(self, text: str) -> Iterator[AudioChunk]:
        for _ in text.split():
            yield AudioChunk((np.sin(np.arange(2_205) / 8) * 9_000).astype(np.int16), 22_050)


@pytest.fixture
def client(shops: Shops) -> Iterator[TestClient]:
    ears = Ears(Knowing(), EndpointSettings(), "en", longest_turn=5.0)
    with served(shops.assistant(), sound=Sound(ears, Humming())) as client:
        yield client


def recording(kind: str, seconds: float = 0.0) -> bytes:
    """The recorded question as a file of that kind, or as many seconds of silence."""
    samples, rate = soundfile.read(PARCEL, dtype="int16")
    if seconds:
        samples = np.zeros(round(seconds * rate), np.int16)
    out = io.BytesIO()
    if kind == "webm":
        with av.open(out, "w", format="webm") as container:
            stream = container.add_stream("libopus", rate=48_000)
            frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = rate
            for resampled in av.AudioResampler(format="flt", layout="mono", rate=48_000).resample(frame):
                container.mux(stream.encode(resampled))
            container.mux(stream.encode(None))
    elif kind == "ogg":
        soundfile.write(out, samples, rate, format="OGG", subtype="OPUS")
    else:
        soundfile.write(out, samples, rate, format="WAV")
    return out.getvalue()


def send(client: TestClient, content: bytes, kind: str, **headers: str) -> Any:
    return client.post(ASKED, content=content, headers={"content-type": kind, **headers})


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("wav", "audio/wav"), ("ogg", "audio/ogg; codecs=opus"), ("webm", "audio/webm;codecs=opus")],
)
def test_a_recording_is_a_turn(client: TestClient, kind: str, media_type: str) -> None:
    reply = send(client, recording(kind), media_type)
    assert reply.status_code == 200, reply.text
    body = reply.json()
    assert "on its way" in body["text"]
    assert (body["transcript"], body["turn_id"], body["intent"]) == ("where is my parcel", "t1", "order_status")
    assert {"detect", "transcribe", "understand"} <= set(body["timings_ms"])


@pytest.mark.parametrize(
    ("media_type", "format_", "subtype"), [("audio/wav", "WAV", "PCM_16"), ("audio/ogg", "OGG", "OPUS")]
)
def test_the_reply_is_sound_for_who_asks_for_it(
    client: TestClient, media_type: str, format_: str, subtype: str
) -> None:
    reply = send(client, recording("wav"), "audio/wav", accept=f"{media_type}, */*;q=0.1")
    assert reply.headers["content-type"] == media_type
    sound = soundfile.info(io.BytesIO(reply.content))
    assert (sound.format, sound.subtype) == (format_, subtype)
    assert sound.duration > 1
    assert "on its way" in unquote(reply.headers["handla-text"])
    assert (reply.headers["handla-turn"], reply.headers["handla-ended"]) == ("t1", "false")


@pytest.mark.parametrize(
    ("content", "kind", "status", "says"),
    [
        (b"RIFFxxxx", "audio/wav", 422, "not a sound file"),
        (b"", "audio/ogg", 422, "empty"),
        (b"\x1aE\xdf\xa3nonsense", "audio/webm", 422, "not a sound file"),
        (recording("wav", seconds=6), "audio/wav", 422, "lasts 6 s"),
        (recording("webm", seconds=6), "audio/webm", 422, "more than 5 s"),
        (recording("wav"), "text/plain", 415, "audio/webm"),
        (recording("wav"), "", 415, "audio/webm"),
        (b"x" * (8 * 1024 * 1024 + 1), "audio/wav", 413, "larger"),
    ],
)
def test_what_cannot_be_heard_is_refused_with_the_reason(
    client: TestClient, content: bytes, kind: str, status: int, says: str
) -> None:
    reply = send(client, content, kind)
    assert reply.status_code == status
    assert says in reply.json()["error"]
    assert "/tmp" not in reply.text


def test_silence_is_a_turn_without_words(client: TestClient) -> None:
    body = send(client, recording("wav", seconds=2), "audio/wav").json()
    assert (body["transcript"], body["intent"], body["refused"]) == ("", None, "silence")


def test_a_server_without_ears_says_so(shops: Shops) -> None:
    with served(shops.assistant()) as client:
        reply = send(client, recording("wav"), "audio/wav")
    assert reply.status_code == 501
    assert reply.json()["error"]


@pytest.mark.models
def test_a_spoken_question_gets_a_spoken_answer(shops: Shops) -> None:
    sound = Sound(bootstrap.open_ears(Settings()), bootstrap.open_mouth(Settings()))
    with served(shops.assistant(), sound=sound) as client:
        heard = send(client, recording("webm"), "audio/webm").json()
        spoken = send(client, recording("ogg"), "audio/ogg", accept="audio/wav")
    assert "parcel" in heard["transcript"]
    assert "on its way" in heard["text"]
    assert soundfile.info(io.BytesIO(spoken.content)).duration > 2
