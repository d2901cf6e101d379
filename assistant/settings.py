"""Settings: one file handla.toml and HANDLA_* environment variables; unknown keys are refused with the nearest name."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "HANDLA_"
FOR_TESTS = "HANDLA_TEST_"
"""Variables of this name are the tests' own, no settings."""
FILE = "handla.toml"
NAMED = "HANDLA_SETTINGS"
"""Names the settings file where the command line does not."""


class BadSettings(ValueError):
    """A setting that cannot be used; the message says which, where and what would be right."""


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShopSettings(Section):
    """Where the shop's data is."""

    database: str = Field(default_factory=lambda: f"sqlite:///{platformdirs.user_data_path('handla') / 'handla.db'}")
    """SQLAlchemy URL."""
    sample: bool = True
    """Fill an empty database with the sample shop."""
    decline_currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    """ISO 4217 code of the limits below."""
    decline_over: int | None = Field(default=None, ge=0)
    """The sandbox payment declines above this many minor units; None: never."""
    time_out_over: int | None = Field(default=None, ge=0)
    """Above this it neither sets money aside nor answers; None: never."""
    lose_over: int | None = Field(default=None, ge=0)
    """Above this it takes the money and its answer is lost; None: never."""
    settle_every: float = Field(default=60.0, gt=0)
    """Seconds between two looks of `handla serve` for orders left unfinished."""

    @property
    def folder(self) -> Path:
        """Where files beside the database are kept: where an SQLite one is, else the user's data folder."""
        file = self.database.removeprefix("sqlite:///")
        in_file = file not in (self.database, "", ":memory:")
        return Path(file).parent if in_file else platformdirs.user_data_path("handla")


class VoiceSettings(Section):
    """Ears and mouth."""

    whisper: str = "base"
    """'base' and 'tiny.en' come from packages; any other name from the model hub."""
    whisper_folder: Path | None = None
    """A folder with a CTranslate2 Whisper model; comes before everything else."""
    compute_type: str = "int8"
    device: str = "cpu"
    threads: int = Field(default=2, ge=1)
    voice: str | None = None
    """A Piper voice, or 'espeak-ng'; None: the packages' voice of the language, else espeak-ng. docs/speaking.md"""
    voice_folder: Path | None = None
    """A folder with a Piper voice: NAME.onnx and NAME.onnx.json."""
    rate: float = Field(default=1.0, gt=0.3, lt=3.0)
    """Speaking rate; 2.0 is twice as fast."""
    volume: float = Field(default=1.0, gt=0.0, le=2.0)
    pre_roll: float = Field(default=0.6, ge=0.3, le=2.0)
    """Seconds of sound kept from before speech was noticed."""
    pause: float = Field(default=0.096, gt=0.0, le=1.0)
    """Seconds of silence after which the words so far are transcribed, as if the turn were over."""
    end_silence_short: float = Field(default=0.3, ge=0.1, le=5.0)
    """Seconds of silence that end a turn whose words are a whole request."""
    end_silence: float = Field(default=0.55, ge=0.3, le=5.0)
    """Seconds of silence that end any other turn, and an utterance in a file."""
    end_silence_long: float = Field(default=0.9, ge=0.3, le=5.0)
    """Seconds of silence that end a turn whose words are plainly unfinished."""
    longest_turn: float = Field(default=120.0, gt=0)
    """Seconds; a longer audio file is refused as one turn."""
    cache_folder: Path | None = None
    """Where weights assembled from packages and speech are kept; None: the user's cache folder."""
    speech_cache: int = Field(default=64 << 20, ge=0)
    """Bytes of speech kept on disk, at most: sentences that everybody is told, and nothing else."""


class DialogueSettings(Section):
    customer: str = "C001"
    """Who is speaking where nothing else says so."""
    language: Literal["en", "sv"] = "en"
    tone: str = "plain"
    """'plain', 'warm', 'playful', 'formal', or one of your own (docs/wording.md)."""
    phrases: Path | None = None
    """A folder with phrases of your own: `<language>.yaml` and `<language>.<tone>.yaml`."""
    clear_enough: float = Field(default=0.4, ge=0.0, le=1.0)
    """Below this confidence a spoken yes does not confirm; it is asked again."""
    forget_after: float = Field(default=12.0, gt=0)
    """Hours of silence after which a conversation begins anew: nothing asked, nothing pending."""
    keep_sessions: float = Field(default=90.0, gt=0)
    """Days after which `handla serve` removes where a conversation stood; turns are kept for the figures."""


class ListeningSettings(Section):
    """A conversation at a microphone."""

    microphone: str | None = None
    """Its number or a part of its name, as `handla devices` lists them; None: the system's."""
    loudspeaker: str | None = None
    """The same."""
    echo: Literal["cancel", "half-duplex", "headphones"] = "cancel"
    """How Handla keeps from hearing itself: its voice is taken out of what the microphone hears (extra `echo`); or it
    hears nothing while it speaks and cannot be interrupted; or nothing of it reaches the microphone."""
    wake: str | None = Field(default=None, min_length=4, max_length=60)
    """Words that wake it, such as "hey Handla"; None: it always listens."""
    follow_up: float = Field(default=8.0, gt=0.0, le=600.0)
    """Seconds after a reply in which no wake phrase is needed."""
    silence_ends: float = Field(default=180.0, ge=0.0)
    """Seconds of silence that end the conversation; 0: none does, nor where it waits for a wake phrase."""
    earcons: bool = True
    """Short sounds that tell when Handla begins to listen, and that a reply takes longer."""


class PeopleSettings(Section):
    """The shop's people, who take conversations over (docs/handing-over.md)."""

    staffed: bool = False
    """Whether anybody reads the queue; without, customers are told how to reach the shop."""
    unclaimed: float = Field(default=120.0, gt=0)
    """Seconds after which Handla takes back a conversation that nobody has claimed."""
    silent: float = Field(default=1800.0, gt=0)
    """Seconds after which it takes back one whose person has said nothing more."""


class ServerSettings(Section):
    """`handla serve`; docs/serving.md."""

    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=1, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    """Processes that answer; they share nothing but the database."""
    threads: int = Field(default=4, ge=1, le=12)
    """Turns that one of them works on at once, each with a connection to the database. More help where payments are
    slow to answer; else they only take the processor from each other."""
    most_turns: int = Field(default=500, ge=1)
    """Turns begun or queued in one of them; further ones are told to come back."""
    largest_body: int = Field(default=64 * 1024, ge=1024)
    """Bytes; a larger request is refused with 413."""
    audio: bool = False
    """Whether /v1/turns/audio takes recordings; each worker then loads Whisper and a voice (about 400 MB)."""
    largest_audio: int = Field(default=8 * 1024 * 1024, ge=1024)
    """Bytes of a recording."""
    rate: float = Field(default=50.0, ge=0)
    """Requests a second from one address to one worker, on average; 0: any number."""
    burst: int = Field(default=100, ge=1)
    """Requests from one address at once."""
    keys: dict[str, Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = Field(default_factory=dict)
    """Who may use /v1 and /metrics: a name and the SHA-256 of a key, as `handla key NAME` makes them."""
    proxies: tuple[str, ...] = ("127.0.0.1",)
    """Addresses or networks of reverse proxies whose X-Forwarded-For is believed."""
    deadline: float = Field(default=10.0, gt=0)
    """Seconds after which /v1 says that a turn is still being worked on."""


class AlexaSettings(Section):
    """The Alexa skill; docs/alexa.md leads through it."""

    skill_id: str = ""
    """amzn1.ask.skill...: requests for any other skill are refused. Without it POST /alexa is not there."""
    insecure: bool = False
    """Take requests that Amazon did not sign, at any age. Only to try things out on one's own machine."""
    roots: Path | None = None
    """PEM file of the certificates trusted to vouch for Amazon's; None: those of the package certifi."""
    invocation: str = Field(default="handla shop", pattern=r"^[a-z'. ]{2,50}$")
    """What customers call the skill: "Alexa, open handla shop"."""
    name: str = Field(default="Handla Shop", min_length=2, max_length=50)
    """How the skill is called in the store and on cards."""
    endpoint: str = Field(default="https://shop.example.com/alexa", pattern="^https://")
    """Where Amazon reaches this server."""
    conversation: str = Field(default="alexa", min_length=1, max_length=40)
    """A customer's conversation that all their devices, and surfaces that use the same name, go on with."""
    deadline: float = Field(default=6.5, gt=0, le=7.5)
    """Seconds after which is said that it takes longer; Amazon waits 8."""
    progress_after: float = Field(default=2.0, gt=0)
    """Seconds after which is said that work is going on."""
    fastest_speech: float = Field(default=30.0, gt=0)
    """Characters a second: a yes that comes before a reply can have been spoken at that pace does not count."""
    token_key: Path | None = None
    """File with the secret or the public key (PEM) of the access tokens (JWT) of linked accounts; None: guests only."""
    token_algorithm: Literal[
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"
    ] = "RS256"
    token_issuer: str | None = None
    token_audience: str | None = None
    token_claim: str = "sub"
    """The claim that holds the customer's id in the shop."""
    token_scope: str | None = None
    """A scope that a token must hold: whose token lacks it is a guest."""
    link_authorize: str | None = Field(default=None, pattern="^https://")
    """The merchant's sign-in page (OAuth 2.0 authorisation code), for the skill package."""
    link_token: str | None = Field(default=None, pattern="^https://")
    """Where Alexa changes a code for a token."""
    link_client: str = "alexa"
    """What Alexa is called there."""
    privacy: str | None = Field(default=None, pattern="^https://")
    """The merchant's privacy policy; Amazon wants one before it publishes a skill that links accounts."""


class DialogflowSettings(Section):
    """/dialogflow/es and /dialogflow/cx; docs/dialogflow.md. Any one of the ways to prove who calls will do."""

    user: str | None = None
    """Basic authentication, with `password`."""
    password: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """SHA-256, as `handla key` prints it."""
    header: str | None = None
    """Name of a header that holds a secret, with `secret`."""
    secret: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """SHA-256, as `handla key` prints it."""
    audience: str | None = None
    """For ID tokens of Google: what they are made out to, the webhook's address."""
    email: str | None = None
    """The service agent that the tokens must be from; None: any, since the audience names this webhook."""
    certificates: str = "https://www.googleapis.com/oauth2/v1/certs"
    """Where the certificates for ID tokens are: an https address or a file, JSON of key id -> PEM."""
    customer: str = ""
    """Where in the request's payload the customer's id stands: "customer", "telephony.caller_id"; empty: all are
    guests. Set it only where your own server or telephony fills the payload in."""
    handover_event: str = ""
    """ES: the event to trigger where a person is to take over; empty: it is only said."""
    deadline: float = Field(default=4.0, gt=0, le=29)
    """Seconds; Dialogflow itself waits 5."""


class AgentsSettings(Section):
    """The shop as tools for other assistants, at /mcp, and who may use them; docs/alexa-plus.md and docs/agents.md."""

    url: str | None = Field(
        default=None,
        pattern=r"^(https://[^/?#@\s]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)(/[^/?#\s]+)+$",
    )
    """Where they reach /mcp: https://shop.example.com/mcp. Access tokens must be made out to it. Without it there is no
    /mcp; plain http is taken on this machine only."""
    issuer: str | None = Field(default=None, pattern="^https://")
    """The merchant's OpenID provider, as its tokens name it; None: the small authorisation server built in."""
    jwks: str | None = None
    """Where the provider's public keys are (JSON Web Key Set): an https address or a file."""
    audience: str | None = None
    """What the provider's tokens are made out to; None: `url`."""
    customer_claim: str = "sub"
    """The claim of the provider's tokens that holds the customer's id in the shop."""
    scope_claim: str = "scope"
    """The claim that holds the scopes: one text with spaces, or a list."""
    challenge: bool = True
    """Whether 401 says where to get a token (WWW-Authenticate), as MCP wants; false as Amazon wants it for Alexa+."""
    signing_key: Path | None = None
    """Built-in server: the file of its private key (PEM, EC P-256). None: agents-key.pem beside an SQLite database,
    else in the user's data folder. `handla agents key` makes it."""
    registration: bool = False
    """Built-in server: whether programs may register themselves (RFC 7591), with nobody asked."""
    token_lasts: float = Field(default=3600.0, ge=60, le=86_400)
    """Built-in server: seconds that an access token holds."""
    link_lasts: float = Field(default=180.0, ge=1, le=3650)
    """Built-in server: days after which a customer's link ends that nobody has used."""
    local: bool = False
    """Whether /mcp takes programs on this machine without a token, and nobody else."""
    customer: str = ""
    """For whom these shop; empty: guests, who cannot buy."""
    most_per_order: int | None = Field(default=100_000, ge=0)
    """Minor units of the shop's currency; None: any amount."""
    most_per_day: int | None = Field(default=200_000, ge=0)
    """Minor units that one program may spend for one customer in a day (UTC)."""
    orders_a_day: int | None = Field(default=10, ge=0)
    """Orders that one program may place for one customer in a day (UTC)."""
    calls_a_minute: int = Field(default=120, ge=1)
    """Calls by one token to one worker."""
    calls_deadline: float = Field(default=10.0, gt=0)
    """Seconds after which a call is told that it takes longer."""
    keep_calls: float = Field(default=400.0, ge=2)
    """Days after which `handla serve` removes a call from the audit."""


class Settings(BaseSettings):
    """Everything that can be set; frozen once read."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True
    )

    shop: ShopSettings = Field(default_factory=ShopSettings)
    voice: VoiceSettings = Field(default_factory=VoiceSettings)
    dialogue: DialogueSettings = Field(default_factory=DialogueSettings)
    listening: ListeningSettings = Field(default_factory=ListeningSettings)
    people: PeopleSettings = Field(default_factory=PeopleSettings)
    server: ServerSettings = Field(default_factory=ServerSettings)
    alexa: AlexaSettings = Field(default_factory=AlexaSettings)
    dialogflow: DialogflowSettings = Field(default_factory=DialogflowSettings)
    agents: AgentsSettings = Field(default_factory=AgentsSettings)

    def without_sample(self) -> Settings:
        """The same, for a shop that is the merchant's own from the start."""
        return self.model_copy(update={"shop": self.shop.model_copy(update={"sample": False})})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose content is passed in."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def read_settings(file: Path | None = None) -> Settings:
    """Settings from `file` and the environment; without a file, from the one that the variable HANDLA_SETTINGS names,
    else from handla.toml in the current folder where it exists.

    Raises BadSettings for a named file that is missing, bad TOML, an unknown key or a value out of range.
    """
    named = os.environ.get(NAMED)
    file = file or (Path(named) if named else None)
    path = file or Path(FILE)
    content: dict[str, Any] = {}
    if path.exists():
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise BadSettings(f"{path}: {error}") from error
    elif file is not None:
        raise BadSettings(f"{path}: no such file; make it or leave out --settings")
    _refuse_unknown(content, where=str(path))
    _refuse_unknown(_from_environment(os.environ), where="environment")
    try:
        return Settings(**content)
    except ValidationError as error:
        lines = [_sentence(fault["loc"], str(fault["msg"])) for fault in error.errors()]
        raise BadSettings("\n".join(lines)) from error


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in location)
    variable = PREFIX + "__".join(str(part) for part in location).upper()
    return f"setting {name} (or {variable}): {message[0].lower()}{message[1:]}"


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """The nested keys that HANDLA_* variables name, lower case."""
    content: dict[str, Any] = {}
    for name in environ:
        known = name.upper().startswith(FOR_TESTS) or name.upper() == NAMED
        if name.upper().startswith(PREFIX) and not known:
            section, _, key = name[len(PREFIX) :].lower().partition("__")
            if section in Settings.model_fields and not key:
                raise BadSettings(f"environment: {name} names a section; set {name}__KEY, one of its keys")
            content.setdefault(section, {})[key] = environ[name]
    return content


def _refuse_unknown(content: Mapping[str, Any], where: str) -> None:
    for section, values in content.items():
        field = Settings.model_fields.get(section)
        if field is None:
            raise BadSettings(_unknown(section, list(Settings.model_fields), where))
        model = field.annotation
        if not isinstance(values, Mapping) or not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise BadSettings(f"{where}: {section} is a section; write [{section}] and its keys below")
        for key in values:
            if key not in model.model_fields:
                names = [f"{section}.{name}" for name in model.model_fields]
                raise BadSettings(_unknown(f"{section}.{key}", names, where))


def _unknown(name: str, known: list[str], where: str) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    remedy = f"did you mean {near[0]}?" if near else f"known are: {', '.join(known)}"
    if where == "environment":
        name = PREFIX + name.replace(".", "__").upper()
        remedy = f"did you mean {PREFIX}{near[0].replace('.', '__').upper()}?" if near else remedy
    return f"{where}: unknown setting {name}; {remedy}"
