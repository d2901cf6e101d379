"""The only place where adapters are built."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

from assistant.handing_over import People
from assistant.handoff import Patience
from assistant.phrases.book import Brand
from assistant.phrases.prepared import prepared
from assistant.pipeline import Assistant
from assistant.records.agents import AgentRecords
from assistant.records.clients import Clients
from assistant.records.grants import Grants
from assistant.records.handoffs import Handoffs
from assistant.records.memory import Facts, NewsTold
from assistant.records.personal import PersonalRecords
from assistant.records.sessions import Sessions
from assistant.records.tables import HISTORY
from assistant.services import Services
from assistant.settings import BadSettings, Settings, ShopSettings, VoiceSettings
from commerce import sample
from commerce.catalogue import read_catalogue
from commerce.payments import SandboxPayments, Silence
from commerce.ports import Meaning
from commerce.store import Around, Store, around, copy_database, create_tables, open_engine
from commerce.store.personal import Personal
from commerce.types import Customer, Money

if TYPE_CHECKING:
    from sqlalchemy import Engine

    # sound needs the extra `voice`; words alone do not
    from assistant.ears import Ears
    from assistant.listening.room import Room
    from voice.loop import Canceller, Item
    from voice.speech import Speech, Voice

SCRATCH = "sqlite://"
"""A database in memory, gone when the process ends."""
GUEST = Customer("guest", "Guest")
"""Who shops in a scratch database."""
LEARNT_AT_START = 1000
"""Texts whose meaning is read when a shop is opened, at most: about a second. An import reads all of them."""
ESPEAK = "espeak-ng"
"""What the setting voice.voice names it."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Premises:
    """A shop, what it has around the sale, and the database all of it and the sessions are kept in."""

    shop: Store
    around: Around
    engine: Engine


def open_shop(settings: Settings, now: datetime | None = None) -> Premises:
    """The shop of the settings' database; an empty one is filled with the sample shop where the settings say so.

    The sample's past ends `now`. Raises UnusableDatabase.
    """
    now = now or datetime.now(UTC)
    premises = _premises(settings.shop.database, settings)
    if settings.shop.sample and premises.shop.is_empty():
        sample.seed(premises.shop, now, premises.around)
    premises.shop.learn_meanings(at_most=LEARNT_AT_START)
    premises.shop.reconcile(now)
    return premises


def scratch_shop(catalogue: Path, settings: Settings) -> Premises:
    """A shop in memory with this catalogue and one customer, GUEST. Raises ImportRefused."""
    read = read_catalogue(catalogue)
    premises = _premises(SCRATCH, settings)
    premises.shop.import_products(read.products)
    premises.shop.put_customer(GUEST)
    return premises


def open_assistant(settings: Settings, catalogue: Path | None = None) -> Assistant:
    """The whole conversation on the settings' shop, or on a scratch shop with that catalogue. Raises BadPhrases."""
    assistant = assistant_on(scratch_shop(catalogue, settings) if catalogue else open_shop(settings), settings)
    assistant.warm_up(settings.dialogue.language)
    return assistant


def assistant_on(premises: Premises, settings: Settings) -> Assistant:
    """The conversation about this shop; its sessions are kept in the shop's database. Raises BadPhrases."""
    shop, beside = premises.shop, premises.around
    people = open_people(premises, settings) if settings.people.staffed else None
    services = Services(
        shop.aftercare,
        beside.files,
        beside.loyalty,
        beside.lists,
        shop.addresses,
        shop.codes,
        Facts(premises.engine),
        beside.alerts,
        beside.consents,
        beside.bookings,
        NewsTold(premises.engine),
        bool(people),
    )
    brand = Brand(settings.dialogue.tone, settings.dialogue.phrases)
    brand.check()
    return Assistant(
        shop,
        Sessions(premises.engine),
        settings.dialogue.clear_enough,
        services,
        brand,
        people,
        timedelta(hours=settings.dialogue.forget_after),
    )


def scratch_copy(premises: Premises, settings: Settings) -> Premises:
    """A shop in memory that begins as this one stands, with payments of its own. `premises` is on SQLite."""
    engine = open_engine(SCRATCH)
    copy_database(premises.engine, engine)
    return _premises_on(engine, settings)


def open_people(premises: Premises, settings: Settings) -> People:
    """The queue of conversations for the shop's people."""
    people = settings.people
    patience = Patience(timedelta(seconds=people.unclaimed), timedelta(seconds=people.silent))
    return People(Handoffs(premises.engine), patience)


def open_outbox(settings: Settings) -> tuple[Premises, NewsTold]:
    """The shop, and what customers were told. Raises UnusableDatabase."""
    premises = open_shop(settings)
    return premises, NewsTold(premises.engine)


def open_personal(settings: Settings) -> tuple[Personal, PersonalRecords]:
    """What the shop and what its conversations keep about customers. Raises UnusableDatabase."""
    engine = open_shop(settings).engine
    Sessions(engine)  # makes their tables in a new database
    return Personal(engine), PersonalRecords(engine)


def linking(engine: Engine) -> tuple[Clients, Grants]:
    """The programs that customers may link their account with, and the links. Raises UnusableDatabase."""
    return Clients(engine), Grants(engine)


def agent_records(engine: Engine) -> AgentRecords:
    """What programs did by the tools. Raises UnusableDatabase."""
    Sessions(engine)  # makes their tables in a new database
    return AgentRecords(engine)


def upgrade_database(url: str) -> list[str]:
    """Bring the tables of shop and sessions up to date; the revisions carried out. Raises UnusableDatabase."""
    from commerce.store.migrations import upgrade

    engine = open_engine(url)
    return [*upgrade(engine), *upgrade(engine, HISTORY)]


def learn(settings: Settings, scheduler: str | None = None) -> str:
    """Rebuild what the shop learned from its orders, on a Dask cluster where its address is given; what came of it.

    Raises BadSettings where there is no such cluster, UnusableDatabase.
    """
    shop, now = open_shop(settings).shop, datetime.now(UTC)
    if scheduler is None:
        return str(shop.learn(now))
    try:
        from commerce.cluster import NoCluster, cluster
    except ImportError as error:
        raise BadSettings(f"a scheduler needs the package {error.name}: pip install 'handla[dask]'") from error
    try:
        with cluster(scheduler) as spread:
            return str(shop.learn(now, spread))
    except NoCluster as error:
        raise BadSettings(str(error)) from error


def _premises(url: str, settings: Settings) -> Premises:
    engine = open_engine(url)
    create_tables(engine)
    return _premises_on(engine, settings)


def _premises_on(engine: Engine, settings: Settings) -> Premises:
    store = Store(engine, _sandbox(engine, settings.shop), _meaning())
    return Premises(store, around(engine, store), engine)


def _sandbox(engine: Engine, shop: ShopSettings) -> SandboxPayments:
    def limit(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, shop.decline_currency)

    silence = Silence(time_out_over=limit(shop.time_out_over), lose_over=limit(shop.lose_over))
    return SandboxPayments(engine, decline_over=limit(shop.decline_over), silence=silence)


@cache
def _meaning() -> Meaning | None:
    """The sentence model, loaded once; without it the shop is searched by words alone."""
    from nlu.meaning import SentenceMeaning  # 0.3 s to import, and not every command opens a shop
    from nlu.onnx import BadNetwork

    try:
        return SentenceMeaning()
    except BadNetwork as error:
        log.warning("Products are found by their words alone: %s", error)
        return None


def open_ears(settings: Settings) -> Ears:
    """Speech detection and Whisper, warmed up. Raises ModelError or BadSettings; ImportError without extra `voice`."""
    from assistant.ears import Ears
    from voice.endpoint import EndpointSettings
    from voice.models import whisper_folder
    from voice.whisper import Whisper, WhisperSettings

    voice = settings.voice
    try:
        endpoint = EndpointSettings(
            pre_roll=voice.pre_roll,
            pause=voice.pause,
            end_silence=voice.end_silence,
            end_silence_short=voice.end_silence_short,
            end_silence_long=voice.end_silence_long,
        )
    except ValueError as error:
        raise BadSettings(f"settings of [voice]: {error}") from error
    folder = whisper_folder(voice.whisper, voice.whisper_folder, voice.cache_folder)
    whisper = Whisper(
        folder,
        WhisperSettings(
            language=settings.dialogue.language,
            compute_type=voice.compute_type,
            device=voice.device,
            threads=voice.threads,
        ),
    )
    whisper.warm_up()
    return Ears(whisper, endpoint, settings.dialogue.language, voice.longest_turn)


def open_room(settings: Settings) -> Room:
    """Microphone, loudspeaker, and all that hears and speaks through them.

    Raises NoDevice, ModelError or BadSettings; ImportError without the extra `voice`.
    """
    from assistant.listening.room import Room
    from voice.earcons import earcons
    from voice.loudspeaker import DeviceSpeaker, SpeakerSettings
    from voice.microphone import DeviceMicrophone, MicrophoneSettings
    from voice.mouth import Trouble

    listening = settings.listening
    inbox: SimpleQueue[Item] = SimpleQueue()
    microphone = DeviceMicrophone(
        MicrophoneSettings(listening.microphone, reopen=True), told=lambda message: inbox.put(Trouble(message))
    )
    speaker = DeviceSpeaker(SpeakerSettings(listening.loudspeaker))

    mouth = open_mouth(settings)
    if settings.voice.speech_cache:
        mouth.prepare(prepared(settings.dialogue.language))

    def close() -> None:
        microphone.close()
        speaker.close()
        mouth.close()

    return Room(
        microphone=microphone,
        speaker=speaker,
        ears=open_ears(settings),
        voice=mouth,
        canceller=_canceller() if listening.echo == "cancel" else None,
        chimes=earcons() if listening.earcons else {},
        clock=monotonic,
        inbox=inbox,
        close=close,
    )


def _canceller() -> Canceller | None:
    """What takes Handla's own voice out of what the microphone hears; None without the extra `echo`."""
    try:
        from voice.echo import EchoCanceller
    except ImportError:
        return None
    return EchoCanceller()


def open_mouth(settings: Settings) -> Speech:
    """The voice of the settings' language, warmed up: the one they name, else one from the packages, else espeak-ng.

    Raises ModelError or BadSettings; ImportError without the extra `voice`.
    """
    from voice.models import VOICES, default_cache
    from voice.speech import Speech
    from voice.speech_cache import SpeechCache

    voice, language = settings.voice, settings.dialogue.language
    folder = (voice.cache_folder or default_cache().parent) / "speech"
    name = voice.voice or VOICES.get(language)
    if name is None:
        log.warning("No voice for the language %r comes in a package: espeak-ng speaks. docs/speaking.md", language)
    speech = Speech(_voice(voice, name, language), SpeechCache(folder, voice.speech_cache))
    speech.warm_up()
    return speech


def _voice(voice: VoiceSettings, name: str | None, language: str) -> Voice:
    if name is None or name == ESPEAK:
        from voice.espeak import Espeak, EspeakSettings

        return Espeak(EspeakSettings(language, voice.rate, voice.volume))
    from voice.models import voice_files, voice_language
    from voice.piper import Piper, PiperSettings

    if voice_language(name) not in (language, None):
        raise BadSettings(
            f"setting voice.voice: {name} does not speak the language {language!r} of dialogue.language; name one that "
            f"does, or {ESPEAK}, or leave it out (docs/speaking.md)"
        )
    files = voice_files(name, voice.voice_folder, voice.cache_folder)
    return Piper(files, PiperSettings(length_scale=1 / voice.rate, volume=voice.volume))
