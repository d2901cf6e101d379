"""What a shop may offer beside selling. A back end may lack any of it; what is lacking is None."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assistant.memory import Memory
from commerce.aftercare_ports import AddressBook, Aftercare, VoiceCodes
from commerce.around_ports import Alerts, Bookings, Consents, Loyalty, ShoppingLists, StoreInfo


class Told(Protocol):
    """What customers were told of late."""

    def since(self, customer_id: str, moment: datetime) -> Collection[str]:
        """Keys of what was told from that moment on."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Decisions only ask of them; effects are for `assistant.actions`."""

    aftercare: Aftercare | None = None
    info: StoreInfo | None = None
    loyalty: Loyalty | None = None
    lists: ShoppingLists | None = None
    addresses: AddressBook | None = None
    codes: VoiceCodes | None = None
    memory: Memory | None = None
    alerts: Alerts | None = None
    consents: Consents | None = None
    bookings: Bookings | None = None
    told: Told | None = None
    """None: nothing is told unasked."""
    staffed: bool = False
    """Whether people take over conversations."""
