from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from commerce.aftercare import is_delayed
from commerce.payments import SandboxPayments
from commerce.sample import FOLDER, make, sample_customers, sample_orders, sample_products, seed
from commerce.store import Store, create_tables, open_engine
from commerce.types import Order, OrderState, Product

NOON = datetime(2025, 3, 14, 12, 0, tzinfo=UTC)
DRINK_OPTIONS = ("size", "roast", "shots", "milk", "sweetener")


@pytest.fixture(scope="module")
def products() -> list[Product]:
    return sample_products()


@pytest.fixture(scope="module")
def orders() -> list[Order]:
    return sample_orders(NOON)


@pytest.fixture(scope="module")
def store() -> Store:
    return seeded("sqlite://")


def seeded(url: str) -> Store:
    engine = open_engine(url)
    create_tables(engine)
    store = Store(engine, SandboxPayments(engine))
    seed(store, NOON)
    return store


def in_department(products: list[Product], name: str) -> list[Product]:
    return [product for product in products if product.categories[0] == name]


# --- the files


@pytest.mark.parametrize("name", ["catalogue.json", "customers.json", "orders.csv"])
def test_the_files_are_what_the_source_makes(name: str) -> None:
    written = (FOLDER / name).read_bytes().decode("utf-8")
    assert written == make.files()[name], "run python -m commerce.sample.make"


def test_the_figures_in_the_documentation_are_those_of_the_files(products: list[Product], orders: list[Order]) -> None:
    text = (FOLDER.parents[1] / "docs" / "sample-shop.md").read_text(encoding="utf-8")
    skus = sum(len(product.variants) for product in products)
    assert f"{len(products)} products with {skus} SKUs" in text
    assert f"{len(orders)} orders" in text
    for department, count in Counter(product.categories[0] for product in products).items():
        assert f"| {department} | {count} |" in text


# --- the catalogue


def test_there_are_about_two_hundred_products_in_five_departments(products: list[Product]) -> None:
    assert 190 <= len(products) <= 215
    counts = Counter(product.categories[0] for product in products)
    assert counts["groceries"] + counts["household"] >= 85
    assert counts["outdoor"] >= 40
    assert counts["fashion"] >= 40
    assert counts["coffee bar"] >= 18


def test_every_title_is_short_and_its_own(products: list[Product]) -> None:
    titles = [product.title for product in products]
    assert len({title.lower() for title in titles}) == len(titles)
    assert [title for title in titles if len(title.split()) > 5] == []


def test_no_alias_is_the_title_of_another_product(products: list[Product]) -> None:
    titles = {product.title.lower(): product.id for product in products}
    taken = [
        (product.id, alias)
        for product in products
        for alias in product.aliases
        if titles.get(alias, product.id) != product.id
    ]
    assert taken == []


def test_no_product_lists_an_alias_twice(products: list[Product]) -> None:
    assert [product.id for product in products if len(set(product.aliases)) < len(product.aliases)] == []


def test_an_attribute_has_one_type_across_the_shop(products: list[Product]) -> None:
    types: dict[str, set[type]] = {}
    for product in products:
        for name, value in product.attributes.items():
            types.setdefault(name, set()).add(type(value))
    assert {name: found for name, found in types.items() if len(found) > 1} == {}
    assert types["waterproof"] == types["vegan"] == {bool}
    assert types["weight_grams"] == {int}


def test_colour_is_an_attribute_or_an_option_but_never_both(products: list[Product]) -> None:
    both = [product.id for product in products if "colour" in product.attributes and product.option("colour")]
    assert both == []


def test_every_description_is_one_sentence(products: list[Product]) -> None:
    assert [product.id for product in products if not product.description.endswith(".")] == []
    assert [product.id for product in products if ". " in product.description] == []


def test_waterproof_winter_jackets_stand_on_both_sides_of_two_hundred_dollars(products: list[Product]) -> None:
    jackets = [
        product
        for product in products
        if "jackets" in product.categories
        and product.attributes["waterproof"] is True
        and product.attributes["season"] == "winter"
    ]
    assert sum(jacket.price_from.minor < 20000 for jacket in jackets) >= 3
    assert sum(jacket.price_from.minor > 20000 for jacket in jackets) >= 2
    assert all(jacket.stock > 0 for jacket in jackets)


def test_a_comfortable_black_dress_shoe_can_be_found(products: list[Product]) -> None:
    shoes = [product for product in products if "dress shoes" in product.aliases]
    black = [shoe for shoe in shoes if shoe.attributes["colour"] == "black"]
    assert len([shoe for shoe in black if "comfortable" in shoe.description.lower()]) >= 2


def test_few_products_but_some_are_out_of_stock(products: list[Product]) -> None:
    gone = [product for product in products if product.stock == 0]
    assert 2 <= len(gone) <= 10


def test_drinks_have_options_and_one_sku(products: list[Product]) -> None:
    for drink in in_department(products, "coffee bar"):
        assert len(drink.variants) == 1
        size = drink.option("size")
        assert size is not None
        assert size.default == "medium"
        assert [choice.label for choice in size.choices][:3] == ["small", "medium", "large"]
        milk = drink.option("milk")
        assert milk is not None
        assert milk.amounts


def test_an_espresso_drink_offers_everything_a_barista_asks_for(products: list[Product]) -> None:
    latte = next(product for product in products if "latte" in product.aliases)
    assert set(DRINK_OPTIONS) <= {option.name for option in latte.options}


def test_the_quoted_price_of_a_drink_is_that_of_its_defaults(products: list[Product]) -> None:
    for drink in in_department(products, "coffee bar"):
        for option in drink.options:
            if option.default is not None:
                chosen = option.choice(option.default)
                assert chosen is not None, f"{drink.title}: {option.name} has no {option.default}"
                assert chosen.extra == 0, f"{drink.title}: {option.default}"


def test_every_size_of_a_garment_is_a_sku(products: list[Product]) -> None:
    jeans = next(product for product in products if product.title == "Straight Blue Jeans")
    assert [variant.selected["size"] for variant in jeans.variants] == ["S", "M", "L", "XL"]
    size = jeans.option("size")
    assert size is not None
    assert size.required
    assert size.choices[3].aliases == ("extra large", "x large")


# --- customers and orders


def test_thirty_customers_have_names_of_their_own() -> None:
    customers = sample_customers()
    assert [customer.id for customer in customers] == [f"C{number:03d}" for number in range(1, 31)]
    assert len({customer.name for customer in customers}) == 30
    assert {customer.language for customer in customers} == {"en", "sv"}


def test_the_year_has_enough_orders_to_learn_from_and_few_enough_to_load(orders: list[Order]) -> None:
    assert 600 <= len(orders) <= 900
    assert 1500 <= sum(len(order.lines) for order in orders) <= 2500
    assert max(NOON - order.placed_at for order in orders) <= timedelta(days=366)


def test_order_numbers_have_four_digits_and_grow_with_time(orders: list[Order]) -> None:
    numbers = [int(order.number) for order in orders]
    assert numbers == sorted(set(numbers))
    assert 1000 <= numbers[0] < numbers[-1] <= 9999
    placed = [order.placed_at for order in orders]
    assert placed == sorted(placed)


def test_every_state_occurs(orders: list[Order]) -> None:
    assert {order.state for order in orders} == set(OrderState)


def test_an_order_totals_up_and_repeats_no_sku(orders: list[Order]) -> None:
    for order in orders:
        assert order.total.minor == sum(line.unit_price.minor * line.quantity for line in order.lines)
        assert order.total.minor > 0
        skus = [line.sku for line in order.lines]
        assert len(set(skus)) == len(skus)


def test_the_days_of_an_order_follow_from_its_state(orders: list[Order]) -> None:
    for order in orders:
        placed_on = order.placed_at.date()
        assert order.placed_at < NOON
        if order.state in (OrderState.DELIVERED, OrderState.RETURNED):
            assert order.delivered_on is not None
            assert placed_on <= order.delivered_on <= NOON.date()
        else:
            assert order.delivered_on is None
        if order.state is OrderState.SHIPPED:
            assert order.shipment is not None
            assert order.shipment.expected >= NOON.date()
        if order.state in (OrderState.PLACED, OrderState.PACKED, OrderState.CANCELLED):
            assert order.shipment is None


def test_tracking_numbers_are_not_used_twice(orders: list[Order]) -> None:
    tracking = [order.shipment.tracking for order in orders if order.shipment]
    assert len(set(tracking)) == len(tracking)


def test_some_customers_have_one_order_and_some_none(orders: list[Order]) -> None:
    counts = Counter(order.customer_id for order in orders)
    assert sum(counts[customer.id] == 1 for customer in sample_customers()) >= 3
    assert sum(counts[customer.id] == 0 for customer in sample_customers()) >= 2


def test_dates_move_with_today(orders: list[Order]) -> None:
    later = sample_orders(NOON + timedelta(days=40))
    assert later[0].placed_at - orders[0].placed_at == timedelta(days=40)
    assert [order.number for order in later] == [order.number for order in orders]


# --- the demonstration's customer


def of_alex(orders: list[Order]) -> list[Order]:
    return [order for order in orders if order.customer_id == "C001"]


def test_alex_buys_two_bags_of_dark_roast_about_every_two_weeks(orders: list[Order]) -> None:
    bought = [
        (order.placed_at, line) for order in of_alex(orders) for line in order.lines if line.sku == "COF-DARK-500"
    ]
    assert {line.quantity for _, line in bought} == {2}
    days = [when for when, _ in bought]
    gaps = [(after - before).total_seconds() / 86400 for before, after in pairwise(days)]
    assert 13 <= sorted(gaps)[len(gaps) // 2] <= 15.5
    assert timedelta(days=14) <= NOON - days[-1] <= timedelta(days=17)


def test_alex_has_one_order_on_its_way_and_sent_one_back(orders: list[Order]) -> None:
    *older, newest = of_alex(orders)
    assert newest.state is OrderState.SHIPPED
    assert newest.shipment is not None
    assert 1 <= (newest.shipment.expected - NOON.date()).days <= 2
    states = Counter(order.state for order in older)
    assert states[OrderState.RETURNED] == 1
    assert states[OrderState.SHIPPED] == states[OrderState.PACKED] == states[OrderState.PLACED] == 0
    assert states[OrderState.DELIVERED] >= 10


# --- in a store


def test_a_seeded_store_holds_the_whole_sample_shop(store: Store, products: list[Product], orders: list[Order]) -> None:
    assert [product.id for product in store.products()] == sorted(product.id for product in products)
    assert store.currency == "USD"
    assert [store.customer(customer.id) for customer in sample_customers()] == sample_customers()
    assert list(store.orders_of("C001", limit=1000)) == of_alex(orders)[::-1]


def test_every_line_of_the_history_is_something_the_store_knows(store: Store, orders: list[Order]) -> None:
    for order in orders:
        assert store.customer(order.customer_id) is not None
        for line in order.lines:
            product = store.product_of(line.sku)
            assert product is not None, line.sku
            assert product.id == line.product_id


def test_the_coffee_of_alex_is_what_is_due(store: Store) -> None:
    suggestions = store.due("C001", NOON)
    assert suggestions
    first = suggestions[0]
    assert first.product.title == "Dark Roast Coffee Beans"
    assert first.reason == "due"
    assert first.last is not None
    assert first.last.quantity == 2


def test_the_usual_coffee_of_alex_is_two_bags_at_the_price_of_today(store: Store) -> None:
    coffees = [product.id for product in store.products() if "coffee" in product.aliases]
    assert len(coffees) >= 4
    line = store.usual("C001", coffees)
    assert line is not None
    assert (line.sku, line.quantity, line.unit_price.minor) == ("COF-DARK-500", 2, 1399)


def test_who_never_ordered_has_nothing_due(store: Store) -> None:
    assert list(store.due("C030", NOON)) == []


def test_orders_can_be_tried_in_every_state_and_returns_at_every_stage(store: Store) -> None:
    orders = store.orders_placed()
    assert {order.state for order in orders} == set(OrderState)
    made = [one for order in orders for one in store.aftercare.returns(order.number)]
    assert sorted(one.state.value for one in made) == ["received", "received", "refunded", "refused", "requested"]
    waits = {status.waits_for for order in orders for status in store.aftercare.refunds(order.number)}
    assert waits == {"parcel", "check", "merchant", ""}
    assert [order.customer_id for order in orders if is_delayed(order, NOON.date())] == ["C004"]
    assert [address.label for address in store.addresses.of("C001")] == ["home", "work"]
    assert [choice.key for choice in store.terms().delivery] == ["standard", "express", "pick-up"]


def test_filling_a_store_again_changes_nothing(store: Store, orders: list[Order]) -> None:
    seed(store, NOON)
    assert len(store.orders_placed()) == len(orders)
