"""A year of orders, simulated from the customers' habits with a fixed seed.

Only `Random.random` is drawn from: its numbers are the same in every version of Python.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from commerce.sample.people import YEAR, Habit, Person, Special
from commerce.sample.shipping import Parcel, parcel

SEED = 20240611
TOGETHER = 4.5
"""Days: what falls due so close together goes into one order."""
EXTRA = 0.3
"""Chance that an order of groceries takes something unplanned along."""
COMPANION = 0.45
"""Chance that a thing takes along what goes with it."""
PRICE_RISE = 150
"""Days ago: older orders were placed at lower prices."""

DEPARTMENTS: Mapping[str, str] = {
    "groceries": "van",
    "household": "van",
    "outdoor": "post",
    "fashion": "post",
    "coffee bar": "counter",
}
"""How the goods of a department reach the customer: what goes different ways is ordered apart."""

PLANNED = ("baby", "pets")
"""Categories that nobody without a child or an animal buys on a whim."""

COMPANIONS: Mapping[str, str] = {
    "PAS-SPAG-500": "CAN-TOM-400",
    "PAS-PENN-500": "CHS-MOZZ-250",
    "RIC-BASM-1K": "PUL-CHIC-400",
    "CER-OATS-1K": "FRT-BLUE-250",
    "BRD-SOUR-700": "BTR-SALT-250",
    "CAR-SHAM-400": "CAR-COND-400",
    "CAR-PAST-100": "CAR-BRSH-2",
    "CLN-LAUN-15L": "CLN-SOFT-1L",
    "BOT-RIDGE": "SOC-HIKE-L",
    "SHO-RUN": "SOC-ANKL-M",
    "TNT-2P": "GER-LANT-200",
    "BAG-TREK-60": "GER-THERM-1L",
    "SHR-OXF": "TIE-SILK",
    "SHO-OXF": "BLT-BLK-L",
    "JKT-FJORD": "HAT-WOOL-NVY",
    "JKT-GLAC": "HAT-WOOL-RED",
}
"""SKU, or its beginning -> SKU often bought with it."""

T = TypeVar("T")
Lines = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Goods:
    """What the simulation needs to know of the catalogue."""

    prices: Mapping[str, int]
    """SKU -> minor units today."""
    ways: Mapping[str, str]
    """SKU -> van, post or counter."""
    impulses: Sequence[str]
    """SKUs that anyone may take along unplanned."""

    @staticmethod
    def of(catalogue: Mapping[str, Any]) -> Goods:
        prices, ways, impulses = {}, {}, []
        for product in catalogue["products"]:
            for variant in product["variants"]:
                prices[variant["id"]] = variant["price"]["amount"]
                ways[variant["id"]] = DEPARTMENTS[product["categories"][0]]
            if DEPARTMENTS[product["categories"][0]] == "van" and product["categories"][1] not in PLANNED:
                impulses.append(product["variants"][0]["id"])
        return Goods(prices, ways, impulses)


@dataclass(frozen=True, slots=True)
class PastOrder:
    customer_id: str
    days_ago: float
    """Before the first minute of today."""
    lines: Lines
    """SKU and quantity."""
    parcel: Parcel
    number: str = ""

    def rows(self, goods: Goods) -> Iterator[list[str | int | float]]:
        """One row of orders.csv for each line."""
        sent = self.parcel
        for sku, quantity in self.lines:
            yield [
                self.number,
                self.customer_id,
                f"{self.days_ago:.3f}",
                sku,
                quantity,
                _price_then(goods.prices[sku], self.days_ago),
                sent.state,
                sent.carrier,
                sent.tracking,
                _or_empty(sent.expected_in),
                _or_empty(sent.delivered_ago),
            ]


COLUMNS = (
    "order_number",
    "customer_id",
    "placed_days_ago",
    "sku",
    "quantity",
    "unit_price",
    "state",
    "carrier",
    "tracking",
    "expected_in_days",
    "delivered_days_ago",
)


def past_orders(people: Sequence[Person], goods: Goods) -> list[PastOrder]:
    """Every order of the year, oldest first, with numbers that grow."""
    orders = [order for place, person in enumerate(people) for order in _orders_of(person, goods, SEED + place)]
    orders.sort(key=lambda order: (-order.days_ago, order.customer_id))
    rng = random.Random(SEED - 1)
    number = 2000
    numbered = []
    for order in orders:
        number += 1 + int(rng.random() * 8)
        numbered.append(replace(order, number=str(number)))
    return numbered


def _orders_of(person: Person, goods: Goods, seed: int) -> Iterator[PastOrder]:
    rng = random.Random(seed)
    for special in [*_habitual(person, goods, rng), *_wardrobe(person, goods, rng), *person.specials]:
        way = goods.ways[special.lines[0][0]]
        hour = 7 + 15 * rng.random()
        sent = parcel(special.days_ago, way, special.state, rng)
        yield PastOrder(person.id, special.days_ago - hour / 24, special.lines, sent)


def _habitual(person: Person, goods: Goods, rng: random.Random) -> Iterator[Special]:
    """What habits make due, put together into orders, with an unplanned item here and there."""
    for way in ("van", "counter"):
        habits = [habit for habit in person.habits if goods.ways[habit.sku] == way]
        times = [(time, habit) for habit in habits for time in _times(habit, person, rng)]
        times.sort(key=lambda pair: pair[0])
        for days_ago, due in _visits(times):
            lines = {habit.sku: habit.quantity for habit in due}
            if way == "van":
                lines |= _taken_along(lines, goods, rng)
            yield Special(days_ago, tuple(lines.items()), None)


def _times(habit: Habit, person: Person, rng: random.Random) -> Iterator[float]:
    """Days ago, from the last purchase back to the customer's first."""
    time = habit.last if habit.last is not None else 1 + habit.every * rng.random()
    while time < person.since:
        yield time
        wobble = 1 + person.wobble * _bell(rng)
        time += habit.every * max(0.3, wobble)


def _visits(times: Sequence[tuple[float, Habit]]) -> Iterator[tuple[int, list[Habit]]]:
    """Purchases less than TOGETHER days apart, as one visit on the latest of their days."""
    visit: list[Habit] = []
    latest = -math.inf
    for time, habit in times:
        if visit and time - latest > TOGETHER:
            yield max(1, round(latest)), visit
            visit = []
        if not visit:
            latest = time
        visit.append(habit)
    if visit:
        yield max(1, round(latest)), visit


def _taken_along(lines: Mapping[str, int], goods: Goods, rng: random.Random) -> dict[str, int]:
    extra = {partner: 1 for partner in _companions(lines, rng) if partner not in lines}
    if rng.random() < EXTRA:
        sku = _pick(goods.impulses, rng)
        if sku not in lines:
            extra[sku] = 1
    return extra


def _wardrobe(person: Person, goods: Goods, rng: random.Random) -> Iterator[Special]:
    """Clothes and gear, now and then, in the customer's own sizes."""
    fitting = [sku for sku, way in goods.ways.items() if way == "post" and _fits(sku, person)]
    for _ in range(person.wardrobe * person.since // YEAR):
        chosen = _pick(fitting, rng)
        lines = [(chosen, 1), *((partner, 1) for partner in _companions([chosen], rng))]
        yield Special(1 + int((person.since - 1) * rng.random()), tuple(lines), None)


def _fits(sku: str, person: Person) -> bool:
    size = sku.rpartition("-")[2]
    if size in ("S", "M", "L", "XL"):
        return size == person.clothes
    if size.isdigit() and 38 <= int(size) <= 46:
        return size == person.shoes
    return True


def _companions(skus: Iterable[str], rng: random.Random) -> list[str]:
    found = [partner for sku in skus for start, partner in COMPANIONS.items() if sku.startswith(start)]
    return [partner for partner in dict.fromkeys(found) if rng.random() < COMPANION]


def _price_then(price: int, days_ago: float) -> int:
    """Four percent less before the rise, ending in 9 as prices do."""
    if days_ago < PRICE_RISE:
        return price
    return price * 96 // 1000 * 10 + 9


def _bell(rng: random.Random) -> float:
    """Mean 0, deviation 1, between -3 and 3 (Irwin-Hall, n = 3)."""
    return (rng.random() + rng.random() + rng.random() - 1.5) * 2


def _pick(choices: Sequence[T], rng: random.Random) -> T:
    return choices[int(rng.random() * len(choices))]


def _or_empty(days: int | None) -> str | int:
    return "" if days is None else days
