"""The only place where adapters are built."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.pipeline import Assistant
from assistant.sessions import Sessions
from assistant.settings import Settings
from commerce import sample
from commerce.catalogue import read_catalogue
from commerce.payments import SandboxPayments
from commerce.store import Store, create_tables, open_engine
from commerce.types import Customer

if TYPE_CHECKING:  # sound needs the extra `voice`; words alone do not
    from assistant.ears import Ears
    from voice.ports import TextToSpeech

SCRATCH = "sqlite://"
"""A database in memory, gone when the process ends."""
GUEST = Customer("guest", "Guest")
"""Who shops in a scratch database."""


def open_shop(settings: Settings) -> Store:
    """The shop of the settings' database; an empty one is filled with the sample shop where the settings say so."""
    store = _store(settings.shop.database, settings)
    if settings.shop.sample and store.is_empty():
        sample.seed(store, datetime.now(UTC))
    return store


def scratch_shop(catalogue: Path, settings: Settings) -> Store:
    """A shop in memory with this catalogue and one customer, GUEST. Raises ImportRefused."""
    read = read_catalogue(catalogue)
    store = _store(SCRATCH, settings)
    store.import_products(read.products)
    store.import_customers([GUEST])
    return store


def open_assistant(settings: Settings, catalogue: Path | None = None) -> Assistant:
    """The whole conversation on the settings' shop, or on a scratch shop with that catalogue."""
    shop = scratch_shop(catalogue, settings) if catalogue else open_shop(settings)
    return Assistant(shop, Sessions(shop.engine), settings.dialogue.clear_enough)


def open_ears(settings: Settings) -> Ears:
    """Speech detection and Whisper, warmed up. Raises ModelError; ImportError without the extra `voice`."""
    from assistant.ears import Ears
    from voice.endpoint import EndpointSettings
    from voice.models import whisper_folder
    from voice.whisper import Whisper, WhisperSettings

    voice = settings.voice
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
    endpoint = EndpointSettings(end_silence=voice.end_silence)
    return Ears(whisper, endpoint, settings.dialogue.language, voice.longest_turn)


def open_mouth(settings: Settings) -> TextToSpeech:
    """Piper with the settings' voice. Raises ModelError; ImportError without the extra `voice`."""
    from voice.models import voice_files
    from voice.piper import Piper, PiperSettings

    voice = settings.voice
    files = voice_files(voice.voice, voice.voice_folder, voice.cache_folder)
    return Piper(files, PiperSettings(rate=voice.rate, volume=voice.volume))
