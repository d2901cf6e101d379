"""Alerts of prices and stock, consents, and baskets that were left."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from commerce.alerts import Alert, AlertWish, NotSet, meeting
from commerce.baskets_left import LeftRules, baskets_left
from commerce.store import Store, open_engine
from commerce.store.alerts import Alerts
from commerce.store.baskets_left import BasketsLeft
from commerce.store.consents import Consents
from commerce.types import Basket, Customer, Order, Product, Variant
from tests.commerce.goods import ANN, NOW, line, open_store, product, usd
from tests.databases import Databases

HOUR = timedelta(hours=1)
TENT, LAMP = product("Tent", 20_000), product("Lamp", 3_000, stock=0)
SOCKS = Product(
    "socks",
    "Socks",
    (),
    (Variant("socks-s", "Socks, S", usd(900), 0), Variant("socks-m", "Socks, M", usd(950), 3)),
)
CHEAPER = AlertWish("tent", price_max=usd(15_000))
BACK = AlertWish("lamp")
BEN = Customer("C2", "Ben")


@dataclass
class Watch:
    """A shop whose customers want to be told."""

    store: Store
    alerts: Alerts
    consents: Consents
    baskets: BasketsLeft

    def set(self, wish: AlertWish, key: str = "k", who: str = ANN.id) -> Alert:
        alert = self.alerts.set_alert(key, who, wish, NOW)
        assert isinstance(alert, Alert), alert
        return alert

    def leave(self, owner: str, at: datetime, key: str = "b1") -> Basket:
        basket = self.store.basket(owner)
        filled = replace(basket, lines=(line(self.store, "tent"),), changed_at=at)
        assert self.store.put_basket(f"{owner}-{key}", filled)
        return self.store.basket(owner)


@pytest.fixture
def watch(shared: Databases) -> Iterator[Watch]:
    store, _ = open_store(shared.new(), [TENT, LAMP, SOCKS])
    store.put_customer(BEN)
    made = Watch(store, Alerts(store._engine, store.product), Consents(store._engine), BasketsLeft(store._engine))
    for purpose in ("alerts", "baskets"):
        made.consents.set_consent(ANN.id, purpose, True, NOW)  # type: ignore[arg-type]
    yield made
    store._engine.dispose()


# --- what is true


@pytest.mark.parametrize(
    ("wish", "sku"),
    [
        (AlertWish("socks"), "socks-m"),
        (AlertWish("socks", "socks-s"), None),
        (AlertWish("socks", price_max=usd(900)), None),
        (AlertWish("socks", price_max=usd(950)), "socks-m"),
        (AlertWish("socks", "socks-m", usd(949)), None),
    ],
)
def test_a_price_counts_only_for_what_is_in_stock(wish: AlertWish, sku: str | None) -> None:
    met = meeting(wish, SOCKS)
    assert (met.sku if met else None) == sku


# --- set


def test_an_alert_is_set_once_and_listed(watch: Watch) -> None:
    alert = watch.set(CHEAPER)
    assert watch.set(CHEAPER) == alert
    assert (alert.wish, alert.set_at, alert.state) == (CHEAPER, NOW, "waiting")
    other = watch.set(BACK, "k2")
    assert watch.alerts.alerts_of(ANN.id) == [alert, other]
    assert watch.alerts.alerts_of(BEN.id) == []


def test_the_same_wish_again_is_the_same_alert_with_the_newest_price(watch: Watch) -> None:
    first = watch.set(CHEAPER)
    second = watch.set(replace(CHEAPER, price_max=usd(12_000)), "k2")
    assert (second.number, second.wish.price_max) == (first.number, usd(12_000))
    assert watch.alerts.alerts_of(ANN.id) == [second]


def test_what_cannot_be_waited_for_is_refused(watch: Watch) -> None:
    wishes = [
        AlertWish("boat"),
        AlertWish("tent", "tent-xl"),
        AlertWish("tent", price_max=replace(usd(1), currency="SEK")),
    ]
    refused = [watch.alerts.set_alert("k", ANN.id, wish, NOW) for wish in wishes]
    assert refused == [NotSet("unknown_product"), NotSet("unknown_product"), NotSet("wrong_currency")]
    already = watch.alerts.set_alert("k", ANN.id, AlertWish("tent"), NOW)
    assert already == NotSet("true_already", TENT.variants[0])
    assert watch.alerts.set_alert("k", "stranger", BACK, NOW) == NotSet("unknown_customer")
    assert watch.alerts.set_alert("k", BEN.id, BACK, NOW) == NotSet("no_consent")
    assert watch.alerts.alerts_of(ANN.id) == watch.alerts.alerts_of(BEN.id) == []


# --- come true


def test_an_alert_comes_true_with_the_price_and_is_told_once(watch: Watch) -> None:
    alert = watch.set(CHEAPER)
    watch.set(BACK, "k2")
    watch.store.set_price("tent", 15_001)
    assert watch.alerts.alerts_due() == []
    watch.store.set_price("tent", 14_900)
    (due,) = watch.alerts.alerts_due()
    assert (due.alert, due.variant.price, due.key) == (alert, usd(14_900), f"alert:{alert.number}")
    assert [watch.alerts.alert_told(alert.number, NOW) for _ in range(2)] == [True, False]
    assert watch.alerts.alerts_due() == []
    assert [one.wish for one in watch.alerts.alerts_of(ANN.id)] == [BACK]


def test_an_alert_comes_true_when_pieces_are_back(watch: Watch) -> None:
    watch.set(BACK)
    watch.store.set_stock("lamp", 2)
    assert [due.variant.stock for due in watch.alerts.alerts_due()] == [2]
    watch.store.set_stock("lamp", 0)
    assert watch.alerts.alerts_due() == []


def test_after_it_was_told_the_same_wish_can_be_made_again(watch: Watch) -> None:
    first = watch.set(BACK)
    watch.alerts.alert_told(first.number, NOW)
    assert watch.set(BACK, "k2").number != first.number


def test_a_cancelled_alert_is_never_told_and_only_its_owner_cancels(watch: Watch) -> None:
    alert = watch.set(BACK)
    watch.store.set_stock("lamp", 2)
    assert not watch.alerts.cancel_alert(BEN.id, alert.number)
    assert [watch.alerts.cancel_alert(ANN.id, alert.number) for _ in range(2)] == [True, True]
    assert (watch.alerts.alerts_due(), watch.alerts.alert_told(alert.number, NOW)) == ([], False)


def test_who_takes_the_consent_back_is_not_told(watch: Watch) -> None:
    watch.set(BACK)
    watch.store.set_stock("lamp", 2)
    watch.consents.set_consent(ANN.id, "alerts", False, NOW)
    assert watch.alerts.alerts_due() == []
    watch.consents.set_consent(ANN.id, "alerts", True, NOW)
    assert len(watch.alerts.alerts_due()) == 1


def test_the_last_word_on_a_consent_counts(watch: Watch) -> None:
    assert watch.consents.consent(BEN.id, "alerts") is None
    for agreed in (True, False):
        watch.consents.set_consent(BEN.id, "alerts", agreed, NOW)
        assert watch.consents.consent(BEN.id, "alerts") is agreed
    assert watch.consents.consent(BEN.id, "baskets") is None
    with pytest.raises(KeyError):
        watch.consents.set_consent("stranger", "alerts", True, NOW)


def test_eight_tellers_tell_an_alert_once_and_a_wish_said_eight_times_is_one_alert(shared: Databases) -> None:
    url = shared.new()
    store, _ = open_store(url, [LAMP])
    Consents(store._engine).set_consent(ANN.id, "alerts", True, NOW)
    desks = [Alerts(open_engine(url), store.product) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: one[1].set_alert(f"k{one[0]}", ANN.id, BACK, NOW), enumerate(desks)))
        assert len({one.number for one in found if isinstance(one, Alert)}) == 1
        (alert,) = desks[0].alerts_of(ANN.id)
        told = list(pool.map(lambda desk: desk.alert_told(alert.number, NOW), desks))
    assert sorted(told) == [False] * 7 + [True]
    for desk in (Alerts(store._engine, store.product), *desks):
        desk._engine.dispose()


# --- baskets left


def test_a_basket_left_for_hours_is_found_and_reminded_of_once(watch: Watch) -> None:
    basket = watch.leave(ANN.id, NOW)
    assert watch.baskets.baskets_left(NOW + 3 * HOUR) == []
    (left,) = watch.baskets.baskets_left(NOW + 4 * HOUR)
    assert (left.basket, left.since) == (basket, NOW)
    assert [watch.baskets.basket_reminded(left.key, NOW) for _ in range(2)] == [True, False]
    assert watch.baskets.baskets_left(NOW + 5 * HOUR) == []
    # Filled again and left again, it is another reminder's worth.
    watch.leave(ANN.id, NOW + 6 * HOUR, "b2")
    assert [one.key != left.key for one in watch.baskets.baskets_left(NOW + 12 * HOUR)] == [True]


def test_who_ordered_since_emptied_it_or_did_not_agree_is_not_reminded(watch: Watch) -> None:
    watch.leave(ANN.id, NOW)
    watch.leave(BEN.id, NOW)
    watch.leave("session-of-a-guest", NOW)
    later = NOW + 5 * HOUR
    assert [left.basket.owner for left in watch.baskets.baskets_left(later)] == [ANN.id]
    watch.consents.set_consent(BEN.id, "baskets", True, NOW)
    assert isinstance(watch.store.place_order("o", ANN.id, [line(watch.store, "tent")], NOW + HOUR), Order)
    assert [left.basket.owner for left in watch.baskets.baskets_left(later)] == [BEN.id]
    watch.store.put_basket("empty", replace(watch.store.basket(BEN.id), lines=(), changed_at=NOW))
    assert watch.baskets.baskets_left(later) == []


def test_a_basket_left_weeks_ago_or_at_a_time_nobody_knows_is_forgotten() -> None:
    store, _ = open_store(products=[TENT])
    rules = LeftRules(after=2 * HOUR, until=24 * HOUR)
    baskets = [
        Basket(name, "USD", (line(store, "tent"),), 1, at)
        for name, at in [
            ("new", NOW - HOUR),
            ("left", NOW - 3 * HOUR),
            ("older", NOW - 9 * HOUR),
            ("old", NOW - 25 * HOUR),
            ("?", None),
        ]
    ]
    assert [left.basket.owner for left in baskets_left(baskets, {}, (), NOW, rules)] == ["older", "left"]
    ordered = {"left": NOW - 4 * HOUR, "older": NOW - 8 * HOUR}
    assert [left.basket.owner for left in baskets_left(baskets, ordered, (), NOW, rules)] == ["left"]
