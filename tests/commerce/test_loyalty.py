"""Points: what orders earn, what can be paid with them, and a ledger whose sum is the balance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.around_ports import Redemption
from commerce.loyalty import (
    GRACE,
    Balance,
    Entry,
    Lot,
    NotRedeemed,
    Redeemable,
    Tier,
    balance,
    giving_back,
    lots,
    paid_share,
    points_for,
    points_in,
    redeemable,
    up_to,
)
from commerce.store import Store, open_engine
from commerce.store.loyalty import Loyalty
from commerce.types import Order, OrderState
from tests.commerce.club import DAY, RULES, TEA, TENT, Club, open_club
from tests.commerce.goods import ANN, NOW, line, open_store, usd
from tests.databases import Databases

# --- what an order earns


def test_each_line_earns_with_its_best_bonus_and_the_sum_is_rounded_down() -> None:
    store, _ = open_store(products=[TENT, TEA])
    lines = [line(store, "tent"), line(store, "tea", 3)]
    rules = replace(RULES, bonus={"outdoor": Fraction(3, 2), "tents": Fraction(2), "groceries": Fraction(1, 2)})
    categories = {"tent": TENT.categories, "tea": TEA.categories}
    # 200.00 twice, and 13.50 for half: 406.75.
    assert points_for(lines, rules, lambda one: categories[one.product_id]) == 406
    assert points_for(lines, rules, lambda one: categories[one.product_id], Fraction(5, 4)) == 508
    assert points_for([], rules, lambda _: ()) == 0


def test_a_currency_without_cents_has_units_of_its_own() -> None:
    store, _ = open_store(products=[TEA])
    assert points_for([line(store, "tea")], replace(RULES, minor_units=1), lambda _: ()) == 450


def test_what_is_paid_with_points_earns_none() -> None:
    store, _ = open_store(products=[TENT])
    assert paid_share([line(store, "tent")], 5_000) == Fraction(3, 4)
    assert paid_share([line(store, "tent")], 30_000) == paid_share([], 0) == 0


def test_points_are_earned_when_the_order_is_delivered_and_once(club: Club) -> None:
    order = club.store.place_order("k", ANN.id, [line(club.store, "tent")], NOW)
    assert isinstance(order, Order)
    assert (club.points.earn(order, NOW), club.balance) == (0, 0)
    delivered = club.set(order, OrderState.DELIVERED)
    assert [club.points.earn(delivered, NOW) for _ in range(3)] == [400, 400, 400]
    assert (club.balance, len(club.points.entries(ANN.id))) == (400, 1)


def test_a_shop_may_let_points_be_earned_when_the_order_is_placed(club: Club) -> None:
    club.rules = replace(RULES, earned_when="placed")
    order = club.store.place_order("k", ANN.id, [line(club.store, "tea", 4)], NOW)
    assert isinstance(order, Order)
    assert club.points.earn(order, NOW) == 18


def test_a_shop_without_points_has_none(club: Club) -> None:
    order = club.delivered("k")
    club.rules = None
    assert (club.points.points(ANN.id, NOW), club.points.earn(order, NOW)) == (None, 0)
    assert club.points.redeemable(ANN.id, usd(1000), NOW) == Redeemable(0, usd(0))
    assert club.points.reserve(club.wish(10), NOW) == NotRedeemed("no_programme")
    assert club.points.settle(NOW) == 0


# --- what is left of it


def test_points_expire_together_and_the_balance_says_when(club: Club) -> None:
    club.points.earn(club.delivered("k1"), NOW)
    club.points.earn(club.delivered("k2", "tea", 10), NOW + 100 * DAY)
    found = club.points.points(ANN.id, NOW + 200 * DAY)
    assert found is not None
    assert (found.points, found.expiring) == (445, ((NOW + 365 * DAY, 400), (NOW + 465 * DAY, 45)))
    later = club.points.points(ANN.id, NOW + 365 * DAY)
    assert later is not None
    assert (later.points, later.expiring) == (45, ((NOW + 465 * DAY, 45),))


def test_points_that_expire_first_are_used_first(club: Club) -> None:
    club.points.earn(club.delivered("k1", "tea", 10), NOW)
    club.points.earn(club.delivered("k2", "tea", 10), NOW + 100 * DAY)
    club.points.reserve(club.wish(50), NOW + 101 * DAY)
    found = club.points.points(ANN.id, NOW + 102 * DAY)
    assert found is not None
    assert found.expiring == ((NOW + 465 * DAY, 40),)


def test_what_has_expired_is_written_down_before_anything_else_is(club: Club) -> None:
    club.points.earn(club.delivered("k1"), NOW)
    club.points.earn(club.delivered("k2", "tea", 10), NOW + 400 * DAY)
    entries = club.points.entries(ANN.id)
    assert [(one.why, one.points) for one in entries] == [("earned", 400), ("expired", -400), ("earned", 45)]
    assert points_in(entries) == 45


def test_who_earns_more_earns_at_a_better_rate() -> None:
    rules = replace(RULES, tiers=(Tier("Walker", 0), Tier("Hiker", 500, Fraction(5, 4)), Tier("Climber", 1500)))

    def earned(points: int, days_ago: int) -> Entry:
        return Entry(f"earned:{days_ago}", "C1", NOW - days_ago * DAY, points, "earned", str(days_ago), amount=points)

    assert balance([], rules, NOW) == Balance(0, (), "Walker", ("Hiker", 500))
    found = balance([earned(300, 200), earned(300, 20)], rules, NOW)
    assert (found.tier, found.next_tier) == ("Hiker", ("Climber", 900))
    # Points of more than a year ago still buy something, but make nobody a hiker.
    assert balance([earned(600, 400), earned(100, 20)], rules, NOW).tier == "Walker"
    assert balance([earned(2000, 20)], rules, NOW).next_tier is None


def test_the_tier_counts_for_the_next_order(club: Club) -> None:
    club.rules = replace(RULES, tiers=(Tier("Hiker", 300, Fraction(3, 2)),))
    assert [club.points.earn(club.delivered(key), NOW) for key in ("k1", "k2")] == [400, 600]


# --- paying with them


@pytest.mark.parametrize(
    ("points", "total", "usable"), [(400, 100_000, 400), (400, 500, 250), (9, 100_000, 0), (400, 19, 0), (400, 20, 10)]
)
def test_no_more_can_be_paid_than_there_is_and_than_the_rules_allow(points: int, total: int, usable: int) -> None:
    assert redeemable(points, usd(total), RULES) == Redeemable(usable, usd(2 * usable))


def test_at_most_the_share_that_the_rules_allow_is_paid_with_points() -> None:
    assert redeemable(400, usd(1000), replace(RULES, share=Fraction(1, 2))) == Redeemable(250, usd(500))


def test_points_are_reserved_once_with_the_key_of_the_order(club: Club) -> None:
    club.points.earn(club.delivered("k1"), NOW)
    assert [club.points.reserve(club.wish(100), NOW) for _ in range(2)] == [Redeemable(100, usd(200))] * 2
    assert club.balance == 300


@pytest.mark.parametrize(
    ("wish", "refused"),
    [
        (Redemption("k", ANN.id, 401, usd(100_000)), NotRedeemed("too_many", 400)),
        (Redemption("k", ANN.id, 300, usd(500)), NotRedeemed("too_many", 400)),
        (Redemption("k", ANN.id, 9, usd(500)), NotRedeemed("too_few", 400)),
        (Redemption("k", ANN.id, -50, usd(500)), NotRedeemed("too_few", 400)),
        (Redemption("k", "stranger", 10, usd(500)), NotRedeemed("unknown_customer")),
    ],
)
def test_a_refused_redemption_changes_nothing(club: Club, wish: Redemption, refused: NotRedeemed) -> None:
    club.points.earn(club.delivered("k1"), NOW)
    assert club.points.reserve(wish, NOW) == refused
    assert club.balance == 400


def test_points_of_an_order_that_failed_come_back_once_with_their_expiry(club: Club) -> None:
    club.points.earn(club.delivered("k1"), NOW)
    club.points.reserve(club.wish(100), NOW)
    assert [club.points.give_back("k", NOW + DAY) for _ in range(2)] == [100, 0]
    found = club.points.points(ANN.id, NOW + DAY)
    assert found is not None
    assert (found.points, found.expiring) == (400, ((NOW + 365 * DAY, 400),))
    assert club.points.reserve(club.wish(100), NOW + DAY) == NotRedeemed("released", 400)
    assert club.points.give_back("never heard of", NOW) == 0


def test_points_given_back_late_can_be_used_for_a_month(club: Club) -> None:
    club.points.earn(club.delivered("k1"), NOW)
    club.points.reserve(club.wish(100), NOW)
    late = NOW + 400 * DAY
    assert club.points.give_back("k", late) == 100
    found = club.points.points(ANN.id, late)
    assert found is not None
    assert found.expiring == ((late + GRACE, 100),)


def test_eight_checkouts_at_once_cannot_spend_the_same_points(shared: Databases) -> None:
    url = shared.new()
    club = open_club(url)
    club.points.earn(club.delivered("k1"), NOW)
    desks = [Loyalty(open_engine(url), lambda: RULES, club.store.product) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda one: one[1].reserve(club.wish(150, f"order-{one[0]}"), NOW), enumerate(desks)))
    assert sorted(type(one).__name__ for one in outcomes) == ["NotRedeemed"] * 6 + ["Redeemable"] * 2
    assert club.balance == 100
    for desk in (club.points, *desks):
        desk._engine.dispose()


# --- taken back


def test_a_refund_takes_back_the_share_of_the_points_and_never_twice(club: Club) -> None:
    order = club.delivered("k1", "tea", 10)
    club.points.earn(order, NOW)
    assert [club.points.reverse(order.number, usd(450), NOW) for _ in range(2)] == [5, 0]
    assert club.points.reverse(order.number, usd(4500), NOW) == 40
    assert (club.balance, club.points.reverse(order.number, usd(9000), NOW)) == (0, 0)
    assert club.points.reverse("0000", usd(100), NOW) == 0


def test_points_spent_before_a_return_are_owed_and_kept_back_from_the_next(club: Club) -> None:
    order = club.delivered("k1")
    club.points.earn(order, NOW)
    club.points.reserve(club.wish(350), NOW)
    assert club.points.reverse(order.number, usd(20_000), NOW) == 50
    assert club.balance == 0
    assert club.points.earn(club.delivered("k2", "tea", 50), NOW) == 225
    assert club.balance == 0
    club.points.earn(club.delivered("k3", "tea", 50), NOW)
    assert club.balance == 100
    assert sum(entry.owed for entry in club.points.entries(ANN.id)) == 0


def test_the_merchant_gives_and_takes_by_hand(club: Club) -> None:
    given = club.points.adjust("sorry", ANN.id, 50, NOW)
    assert given == club.points.adjust("sorry", ANN.id, 50, NOW)
    assert isinstance(given, Balance)
    assert given.points == 50
    assert club.points.adjust("oops", ANN.id, -60, NOW) == NotRedeemed("too_many", 50)
    assert club.points.adjust("who", "stranger", 60, NOW) == NotRedeemed("unknown_customer")
    assert club.balance == 50


# --- any sequence

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("earn"), st.integers(0, 5), st.integers(0, 300)),
        st.tuples(st.just("redeem"), st.integers(0, 5), st.integers(0, 300)),
        st.tuples(st.just("give back"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("refund"), st.integers(0, 5), st.integers(0, 60_000)),
        st.tuples(st.just("wait"), st.integers(0, 200), st.just(0)),
    ),
    max_size=20,
)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_the_balance_is_the_sum_of_the_entries_and_never_below_zero(steps: list[tuple[str, int, int]]) -> None:
    club, now = open_club("sqlite://"), NOW
    for what, which, amount in steps:
        if what == "earn":
            entry = past(club.store, 1000 + which, amount)
            club.points.earn(entry, now)
        elif what == "redeem":
            club.points.reserve(club.wish(amount, f"order-{which}"), now)
        elif what == "give back":
            club.points.give_back(f"order-{which}", now)
        elif what == "refund":
            club.points.reverse(str(1000 + which), usd(amount), now)
        else:
            now += which * DAY
        current = up_to(club.points.entries(ANN.id), now)
        found = club.points.points(ANN.id, now)
        assert found is not None
        assert found.points == points_in(current) == sum(lot.points for lot in lots(current)) >= 0
        assert all(points_in(current[:count]) >= 0 for count in range(len(current)))
        assert sum(entry.owed for entry in current) >= 0
        assert sum(points for _, points in found.expiring) <= found.points
    club.store._engine.dispose()


@given(
    st.lists(st.tuples(st.integers(1, 100), st.one_of(st.none(), st.integers(1, 5))), min_size=1, max_size=5),
    st.integers(1, 100),
    st.lists(st.integers(0, 100), max_size=4),
)
def test_points_given_back_little_by_little_are_those_given_back_at_once(
    came: list[tuple[int, int | None]], percent: int, keeps: list[int]
) -> None:
    entries = [
        Entry(f"e{number}", "C1", NOW, points, "earned", expires=NOW + 100 * days * DAY if days else None)
        for number, (points, days) in enumerate(came)
    ]
    before = lots(entries)
    used = max(1, sum(points for points, _ in came) * percent // 100)
    entries.append(Entry("r", "C1", NOW, -used, "redeemed", "order"))
    for keep in [*keeps, 0]:
        entries += giving_back(entries, "order", NOW, keep)
        still = used - points_in(one for one in entries if one.why == "given_back")
        assert 0 <= still <= max(0, min([keep, used]))
    assert still == 0
    assert len({one.key for one in entries}) == len(entries)
    assert by_end(lots(entries)) == by_end(before)


def by_end(left: list[Lot]) -> dict[object, int]:
    found: dict[object, int] = {}
    for lot in left:
        found[lot.expires] = found.get(lot.expires, 0) + lot.points
    return found


def past(store: Store, number: int, quantity: int) -> Order:
    lines = (line(store, "tea", quantity + 1),)
    return Order(str(number), ANN.id, lines, lines[0].total, OrderState.DELIVERED, NOW)
