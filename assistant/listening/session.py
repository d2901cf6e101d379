"""A conversation at a microphone, put together."""

from __future__ import annotations

import math
from collections.abc import Callable

from assistant.judging import judge_for
from assistant.listening.ahead import Ahead
from assistant.listening.answering import Conversation, answers, foretells
from assistant.listening.room import Room
from assistant.phrases.book import read_phrases
from assistant.pipeline import Assistant
from assistant.settings import ListeningSettings
from voice.detect import Detector
from voice.floor import Ending, Floor, FloorSettings, bare
from voice.listener import Listener
from voice.loop import Loop, Parts, Told, converse
from voice.mouth import Mouth
from voice.wake import WakePhrase
from voice.worker import ThreadWorker


def floor_settings(settings: ListeningSettings, language: str, *, push_to_talk: bool) -> FloorSettings:
    """How turns are taken. Raises ValueError where push-to-talk meets a wake phrase, or the phrase is too short."""
    return FloorSettings(
        half_duplex=settings.echo == "half-duplex",
        push_to_talk=push_to_talk,
        wake=WakePhrase(settings.wake) if settings.wake else None,
        follow_up=settings.follow_up,
        silence_ends=settings.silence_ends or math.inf,
        backchannels=frozenset(bare(words) for words in read_phrases(language)["hint.only_listening"]),
    )


def talk(
    assistant: Assistant,
    conversation: Conversation,
    room: Room,
    floor: FloorSettings,
    told: Callable[[Told], None],
) -> Ending:
    """Talk until the conversation ends; why it did. Raises NoDevice. `told` gets all that happens."""
    session, customer = conversation.session, conversation.customer
    judge = judge_for(assistant, session, conversation.language, customer)
    judge("hello")  # the first one is slow
    detector = Detector()
    ahead = Ahead(foretells(assistant, conversation), room.voice)
    listener = Listener(detector, room.ears.recogniser, ahead.judge(judge), room.ears.endpoint)
    mouth = Mouth(ahead, room.speaker, room.inbox.put)
    parts = Parts(
        hearing=listener.open(lambda: assistant.hints(session, customer)),
        floor=Floor(floor, detector.frame_samples / detector.rate, room.clock()),
        mouth=mouth,
        worker=ThreadWorker(),
        respond=answers(assistant, conversation),
        chimes=room.chimes,
        frame_samples=detector.frame_samples,
        rate=detector.rate,
        canceller=room.canceller,
    )
    try:
        return converse(Loop(parts, room.clock, room.inbox.put, told), room.microphone, room.inbox)
    finally:
        mouth.close()
        ahead.close()
