"""Messages that are due, for channels to deliver: alerts, baskets left, appointments. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from assistant.memory import Told
from assistant.news import News, of_alert, of_basket, of_booking
from assistant.phrases.book import LANGUAGES, read_phrases
from assistant.records.memory import NewsTold
from assistant.wording import Wording
from commerce.ports import ReadOnlyShop
from commerce.store import Around

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one customer."""

    key: str
    """It is to be sent once for each key."""
    kind: str
    """'alert', 'basket_left' or 'appointment'."""
    customer_id: str
    language: str
    text: str
    take: Callable[[], bool]
    """Note that it is sent; whether that falls to the caller, who else must not send it."""

    def report(self) -> dict[str, Any]:
        """As `handla outbox --json` prints it."""
        shown = {"key": self.key, "kind": self.kind, "customer": self.customer_id}
        return {**shown, "language": self.language, "text": self.text}


def messages(shop: ReadOnlyShop, around: Around, told: NewsTold, now: datetime) -> Iterator[Message]:
    """What is due, in the customer's language; what was told in a conversation is not.

    Alerts and baskets only of customers who agreed to be told.
    """
    for kind, customer_id, news, done in _due(shop, around, now):
        if news.key in told.since(customer_id, EVER):
            continue
        customer = shop.customer(customer_id)
        language = customer.language if customer and customer.language in LANGUAGES else LANGUAGES[0]
        wording = Wording(language, read_phrases(language), shop.terms().today(now))

        def take(customer_id: str = customer_id, key: str = news.key, done: Callable[[], bool] = done) -> bool:
            mine = done()
            told.note(Told(customer_id, key, now))
            return mine

        yield Message(news.key, kind, customer_id, language, wording.word([news.says], 0).text, take)


def _due(shop: ReadOnlyShop, around: Around, now: datetime) -> Iterator[tuple[str, str, News, Callable[[], bool]]]:
    """Kind, customer, what to tell, and what notes it as told."""
    for alert in around.alerts.alerts_due():
        noted = partial(around.alerts.alert_told, alert.alert.number, now)
        yield "alert", alert.alert.customer_id, of_alert(alert), noted
    for left in around.baskets.baskets_left(now):
        noted = partial(around.baskets.basket_reminded, left.key, now)
        yield "basket_left", left.basket.owner, of_basket(left.basket, left.key), noted
    diary = around.bookings.diary()
    for one in around.bookings.reminders_due(now):
        customer = shop.customer(one.customer_id)
        news = of_booking(one, diary, customer.language if customer else LANGUAGES[0])
        yield "appointment", one.customer_id, news, partial(around.bookings.reminded, one.number, one.visit.starts)
