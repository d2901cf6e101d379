"""The second peer's voice loop, run by the peer's own Python: RealtimeSTT hears, RealtimeTTS speaks with Piper.

    python _realtime_chain.py WHISPER_FOLDER VOICE.onnx REPLY

Both as they come, but for the weights, which are Handla's, and the reply, which is known beforehand; while it plays
nothing is heard. Prints a JSON line when it listens, and one a turn.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import silero_vad
from RealtimeSTT import AudioToTextRecorder
from RealtimeTTS import PiperEngine, PiperVoice, TextToAudioStream


def main(whisper: str, voice: str, reply: str) -> None:
    engine = PiperEngine(str(Path(sys.executable).with_name("piper")), PiperVoice(voice, f"{voice}.json"))
    stream = TextToAudioStream(engine, tokenizer="rule-based")  # the usual one is loaded from the network
    recorder = AudioToTextRecorder(
        model=whisper,
        language="en",
        device="cpu",
        compute_type="int8",
        silero_onnx_model_path=str(Path(silero_vad.__file__).parent / "data" / "silero_vad.onnx"),
        spinner=False,
        no_log_file=True,
    )
    print(json.dumps({"event": "listening"}), flush=True)
    while True:
        text = recorder.text()
        recorder.set_microphone(False)
        stream.feed(reply)
        stream.play()
        print(json.dumps({"event": "spoken", "transcript": text}), flush=True)
        recorder.clear_audio_queue()
        recorder.set_microphone(True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3])
