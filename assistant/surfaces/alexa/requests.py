"""What Alexa sends: the request envelope, as far as Handla looks at it. What is missing or unknown is borne."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from pydantic import Field, model_validator

from assistant.surfaces.tolerant import Tolerant

LONGEST_ID = 120
"""Characters of a request id that is kept as it is; a longer one is kept as its hash."""
MATCH = "ER_SUCCESS_MATCH"
APL = "Alexa.Presentation.APL"


class Code(Tolerant):
    code: str = ""


class Entity(Tolerant):
    name: str = ""
    id: str = ""


class EntityValue(Tolerant):
    value: Entity = Entity()


class Authority(Tolerant):
    authority: str = ""
    status: Code = Code()
    values: tuple[EntityValue, ...] = ()

    @property
    def dynamic(self) -> bool:
        """Whether it knows what was sent with Dialog.UpdateDynamicEntities."""
        return ".dynamic." in self.authority


class Resolutions(Tolerant):
    authorities: tuple[Authority, ...] = Field(default=(), alias="resolutionsPerAuthority")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a slot."""

    said: str
    entities: tuple[Entity, ...]
    """What it was resolved to, the customer's own first; empty where it matched nothing."""


class SlotValue(Tolerant):
    """A value, or a list of them where a slot takes several."""

    type: str = "Simple"
    value: str = ""
    values: tuple[SlotValue, ...] = ()
    resolutions: Resolutions = Resolutions()


class RequestSlot(Tolerant):
    name: str = ""
    value: str = ""
    confirmation: str = Field(default="NONE", alias="confirmationStatus")
    resolutions: Resolutions = Resolutions()
    slot_value: SlotValue | None = Field(default=None, alias="slotValue")

    def values(self) -> tuple[Value, ...]:
        """What was said into the slot, a list in its order; empty where nothing was."""
        if self.slot_value is None:
            return (_value(self.value, self.resolutions),) if self.value else ()
        several = tuple(_value(one.value, one.resolutions) for one in _simple(self.slot_value) if one.value)
        return several or ((_value(self.value, self.resolutions),) if self.value else ())


class RequestIntent(Tolerant):
    name: str = ""
    confirmation: str = Field(default="NONE", alias="confirmationStatus")
    slots: Mapping[str, RequestSlot] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _without_null_slots(cls, given: Any) -> Any:
        slots = given.get("slots") if isinstance(given, dict) else None
        if not isinstance(slots, dict):
            return given
        return {**given, "slots": {name: slot for name, slot in slots.items() if slot is not None}}


class Fault(Tolerant):
    type: str = ""


class Request(Tolerant):
    type: str
    id: str = Field(default="", alias="requestId")
    timestamp: datetime | None = None
    """ISO 8601 text, or seconds or milliseconds since 1970."""
    locale: str = ""
    dialog_state: str = Field(default="", alias="dialogState")
    intent: RequestIntent = RequestIntent()
    reason: str = ""
    """Why a session ended."""
    error: Fault = Fault()
    """What Alexa found wrong with our last response."""
    arguments: tuple[Any, ...] = ()
    """What a touch on the screen sends."""

    @property
    def turn_id(self) -> str:
        """The request's id as a turn's: short and printable."""
        usable = self.id.isprintable() and len(self.id) <= LONGEST_ID
        return self.id if usable else sha256(self.id.encode("utf-8", "replace")).hexdigest()

    @property
    def at(self) -> datetime | None:
        """UTC; a time without a zone is taken as UTC."""
        at = self.timestamp
        return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


class Application(Tolerant):
    id: str = Field(default="", alias="applicationId")


class User(Tolerant):
    id: str = Field(default="", alias="userId")
    token: str = Field(default="", alias="accessToken")


class Device(Tolerant):
    id: str = Field(default="", alias="deviceId")
    interfaces: Mapping[str, Any] = Field(default_factory=dict, alias="supportedInterfaces")


class System(Tolerant):
    application: Application = Application()
    user: User = User()
    device: Device = Device()
    api_endpoint: str = Field(default="", alias="apiEndpoint")
    api_token: str = Field(default="", alias="apiAccessToken")


class Context(Tolerant):
    system: System = Field(default=System(), alias="System")


class Session(Tolerant):
    new: bool = False
    id: str = Field(default="", alias="sessionId")
    application: Application = Application()
    user: User = User()
    attributes: Mapping[str, Any] = Field(default_factory=dict)


class Envelope(Tolerant):
    """A whole request."""

    request: Request
    session: Session = Session()
    context: Context = Context()

    @property
    def skill_id(self) -> str:
        return self.context.system.application.id or self.session.application.id

    @property
    def user_id(self) -> str:
        return self.context.system.user.id or self.session.user.id

    @property
    def token(self) -> str:
        """The linked account's; empty where no account is linked."""
        return self.context.system.user.token or self.session.user.token

    @property
    def has_screen(self) -> bool:
        return APL in self.context.system.device.interfaces


def _simple(value: SlotValue) -> Iterator[SlotValue]:
    """The simple values in a slot value, lists opened."""
    if not value.values:
        yield value
    for one in value.values:
        yield from _simple(one)


def _value(said: str, resolutions: Resolutions) -> Value:
    authorities = sorted(resolutions.authorities, key=lambda one: not one.dynamic)
    found: dict[str, Entity] = {}
    for authority in authorities:
        if authority.status.code == MATCH:
            for each in authority.values:
                found.setdefault(each.value.id or each.value.name, each.value)
    return Value(said, tuple(found.values()))
