"""Days in the sample shop, told from opening to closing: everything around the sale together, on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest

from commerce import delivery, lists, sample
from commerce.alerts import Alert, AlertWish
from commerce.around_ports import Redemption
from commerce.booking import Booking, NotBooked, Wish
from commerce.hours import local, moment_of, next_opening, open_at, part_of_day
from commerce.lists import ForBasket, Item
from commerce.loyalty import Redeemable
from commerce.payments import SandboxPayments
from commerce.refunds import Pieces
from commerce.returns import Return
from commerce.store import Around, Store, around, open_engine
from commerce.store_info import place_named, question_like, told
from commerce.types import Order, Shipment
from tests.shops import Shops

ZONE = "America/New_York"
ALEX = "C001"


def at(day: str, wall: str) -> datetime:
    return moment_of(date.fromisoformat(day), time.fromisoformat(wall), ZONE)


@dataclass
class Shop:
    """The sample shop on a Monday in March, a week after the clocks changed."""

    store: Store
    around: Around
    opened: datetime

    def for_basket(self, items: Iterable[Item]) -> ForBasket:
        return lists.for_basket(items, lists.Names(self.store.products()), self.store.product)


@pytest.fixture(params=["shops", "postgres_shops"], ids=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    shops: Shops = request.getfixturevalue(request.param)
    engine = open_engine(shops.copy())
    store = Store(engine, SandboxPayments(engine))
    yield Shop(store, around(engine, store), at("2026-03-16", "09:00"))
    engine.dispose()


def clock(moment: datetime) -> str:
    return f"{local(moment, ZONE):%A %H:%M}"


def test_a_customer_asks_when_and_where_and_what_the_rules_are(shop: Shop) -> None:
    info = shop.around.files.info()
    assert info is not None
    main, market = place_named(info), place_named(info, "market")
    assert main is not None
    assert market is not None
    sunday = at("2026-03-15", "12:00")
    assert (open_at(main.hours, sunday), open_at(market.hours, sunday)) == (None, None)
    opening, coffee = next_opening(main.hours, sunday), next_opening(market.hours, sunday)
    assert opening is not None
    assert coffee is not None
    assert (clock(opening.starts), clock(opening.ends), clock(coffee.starts)) == (
        "Monday 09:00",
        "Monday 18:00",
        "Monday 07:00",
    )
    assert "thirty days" in told(info, "returns", "en")
    assert "kort" in told(info, "payment", "sv")
    asked = question_like(info, "can my dog come in with me, are dogs allowed")
    assert asked is not None
    assert "on a lead" in asked.answer["en"]


def test_a_shopping_list_becomes_a_basket_and_what_is_unclear_stays(shop: Shop) -> None:
    kept = shop.around.lists.shopping_list(ALEX, "camping trip")
    kept = lists.add(kept, Item("Dark Roast Coffee Beans", 2))
    assert shop.around.lists.put_list("turn-1", kept)
    found = shop.for_basket(kept.open)
    assert [line.title for line in found.lines] == ["Trail Headlamp", "Dark Roast Coffee Beans"]
    assert {one.why for one in found.unclear} == {"unknown"}
    basket = shop.store.basket(ALEX)
    assert shop.store.put_basket("turn-2", replace(basket, lines=found.lines, changed_at=shop.opened))
    now_kept = shop.around.lists.shopping_list(ALEX, "Camping Trip")
    assert shop.around.lists.put_list("turn-2", lists.tick(now_kept, found.taken))
    left = shop.around.lists.shopping_list(ALEX, "camping trip")
    assert [item.text for item in left.open] == ["tent pegs", "gas cartridge"]


def test_points_pay_a_part_come_in_with_the_delivery_and_go_with_the_return(shop: Shop) -> None:
    points = shop.around.loyalty
    beans = next(product for product in shop.store.products() if product.title == "Dark Roast Coffee Beans")
    line = shop.for_basket([Item(beans.title, 4, beans.id)]).lines[0]
    most = points.redeemable(ALEX, line.total, shop.opened)
    # Half of the goods at most, and a point is worth two cents.
    assert most.points == min(640, line.total.minor // 2 // 2)
    taken = points.reserve(Redemption("order-1", ALEX, 300, line.total), shop.opened)
    assert isinstance(taken, Redeemable)
    order = shop.store.place_order(
        "order-1", ALEX, delivery.quote([line], None, [("points", taken.discount)]), shop.opened
    )
    assert isinstance(order, Order), order
    assert order.total.minor == line.total.minor - 600
    # The same key asks again after a lost answer: nothing is taken twice.
    assert points.reserve(Redemption("order-1", ALEX, 300, line.total), shop.opened) == taken

    packed = shop.opened + timedelta(hours=2)
    shop.store.desk.pack(order.number, packed)
    shop.store.desk.ship(order.number, Shipment("Postbird", "PB1", date(2026, 3, 19)), packed)
    shop.store.desk.deliver(order.number, packed + timedelta(days=3))
    assert points.settle(packed + timedelta(days=3)) == 1
    # Coffee counts half again as much, for what was paid with money.
    earned = order.total.minor * 3 // 2 // 100
    balance = points.points(ALEX, packed + timedelta(days=4))
    assert balance is not None
    assert balance.points == 640 - 300 + earned
    assert sum(count for _, count in balance.expiring) == balance.points


def test_what_is_returned_in_part_takes_its_points_along(shop: Shop) -> None:
    socks = next(product for product in shop.store.products() if "Socks" in product.title and product.stock > 20)
    bought = shop.for_basket([Item(socks.title, 3, socks.id, socks.variants[0].sku)]).lines
    order = shop.store.place_order("order-1", ALEX, bought, shop.opened)
    assert isinstance(order, Order), order
    later = shop.opened + timedelta(days=2)
    shop.store.desk.pack(order.number, later)
    shop.store.desk.ship(order.number, Shipment("Postbird", "PB1", date(2026, 3, 19)), later)
    shop.store.desk.deliver(order.number, later)
    shop.around.loyalty.settle(later)
    before = shop.around.loyalty.points(ALEX, later)
    asked = shop.store.aftercare.ask_return("return-1", order.number, [Pieces(0, 1)], "too small", later)
    assert isinstance(asked, Return), asked
    shop.store.desk.receive_return(asked.number, later)
    shop.store.desk.accept_return(asked.number, later)
    shop.around.loyalty.settle(later)
    after = shop.around.loyalty.points(ALEX, later)
    assert before is not None
    assert after is not None
    earned = before.points - 640
    assert earned > 0
    assert after.points == 640 + earned * 2 // 3


def test_a_day_at_the_workshop(shop: Shop) -> None:
    bookings = shop.around.bookings
    friday = part_of_day(date(2026, 3, 20), ZONE, "afternoon")
    repair = Wish("boot-repair", (friday,))
    free = bookings.free(repair, shop.opened).slots
    assert clock(free[0].visit.starts) == "Friday 12:00"
    assert "13:00" not in {clock(one.visit.starts)[-5:] for one in free}
    booked = bookings.book("turn-1", ALEX, free[0], shop.opened)
    assert isinstance(booked, Booking)
    refused = bookings.book("turn-2", "C002", free[0], shop.opened)
    assert isinstance(refused, NotBooked)
    assert (refused.reason, [clock(one.visit.starts) for one in refused.nearest]) == (
        "taken",
        ["Friday 11:00", "Friday 11:30", "Friday 12:30"],
    )
    # Alex would rather come on Saturday, and the time on Friday is free for the other customer.
    saturday = bookings.free(Wish("boot-repair", (part_of_day(date(2026, 3, 21), ZONE, "morning"),)), shop.opened).slots
    moved = bookings.move("turn-3", ALEX, booked.number, saturday[0], shop.opened)
    assert isinstance(moved, Booking)
    assert clock(moved.visit.starts) == "Saturday 10:00"
    assert isinstance(bookings.book("turn-2", "C002", free[0], shop.opened), Booking)

    thursday = at("2026-03-19", "13:00")
    (reminder,) = [one for one in bookings.reminders_due(thursday) if one.customer_id == "C002"]
    assert bookings.reminded(reminder.number, reminder.visit.starts)
    late = bookings.cancel("turn-4", "C002", reminder.number, thursday)
    assert isinstance(late, NotBooked)
    assert late.call_before is not None
    assert (late.reason, clock(late.call_before)) == ("too_late", "Thursday 12:00")

    # Samuel is ill: the merchant says so in the file, and sees whom to call.
    text = sample.SHOP_FILE.read_text(encoding="utf-8")
    shop.around.files.put(
        text.replace("breaks: 13:00-13:30", "breaks: 13:00-13:30\n      days_off: 2026-03-20 to 2026-03-21"),
        "shop.yaml",
    )
    assert {one.number for one in bookings.out_of_hours(thursday)} >= {moved.number, reminder.number}
    assert isinstance(bookings.cancel("merchant-1", None, reminder.number, thursday), Booking)
    assert not [one for one in bookings.reminders_due(thursday) if one.customer_id == "C002"]


def test_in_the_evening_who_is_to_be_told_is_told_once(shop: Shop) -> None:
    lantern = shop.store.product("camping-lantern")
    assert lantern is not None
    wish = AlertWish(lantern.id, price_max=replace(lantern.price_from, minor=2500))
    alert = shop.around.alerts.set_alert("turn-1", ALEX, wish, shop.opened)
    assert isinstance(alert, Alert)
    line = shop.for_basket([Item("Camping Lantern")]).lines
    shop.store.put_basket("turn-2", replace(shop.store.basket(ALEX), lines=line, changed_at=shop.opened))
    evening = shop.opened + timedelta(hours=9)
    assert shop.around.alerts.alerts_due() == []
    shop.store.set_price(lantern.variants[0].sku, 2400)
    (due,) = shop.around.alerts.alerts_due()
    assert (due.alert.number, due.variant.price.minor) == (alert.number, 2400)
    assert shop.around.alerts.alert_told(alert.number, evening)
    (left,) = shop.around.baskets.baskets_left(evening)
    assert shop.around.baskets.basket_reminded(left.key, evening)
    assert (shop.around.alerts.alerts_due(), shop.around.baskets.baskets_left(evening)) == ([], [])
