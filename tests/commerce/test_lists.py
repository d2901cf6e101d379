"""Shopping lists: what is on them, and what of it can go into a basket."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.lists import ForBasket, Item, Names, ShoppingList, Unclear, add, for_basket, like, remove, tick
from commerce.store import open_engine
from commerce.store.lists import Lists
from commerce.types import Choice, LineOption, Option, Product, Variant
from tests.commerce.goods import open_store, product, usd
from tests.databases import Databases

TEA = product("Green Tea", 450, stock=5, aliases=("sencha",))
MILK, OAT = product("Milk", 120, aliases=("dairy milk",)), product("Oat Milk", 190, aliases=("dairy milk",))
LATTE = product(
    "Latte",
    450,
    options=(
        Option("milk", (Choice("whole"), Choice("oat", extra=60)), required=True, default="whole"),
        Option("syrup", (Choice("vanilla", extra=50),)),
    ),
)
CUP = product("Cup of Tea", 300, options=(Option("kind", (Choice("green"), Choice("black")), required=True),))
SOCKS = Product(
    "socks",
    "Socks",
    (),
    tuple(
        Variant(f"socks-{colour}-{size}", f"Socks, {colour}, {size}", usd(900), 3, {"colour": colour, "size": size})
        for colour in ("black", "red")
        for size in ("S", "M")
    ),
    options=(
        Option("colour", (Choice("black"), Choice("red"))),
        Option("size", (Choice("S"), Choice("M")), default="M"),
    ),
)
PRODUCTS = {product.id: product for product in (TEA, MILK, OAT, LATTE, CUP, SOCKS)}
SHELF = (Names(PRODUCTS.values()), PRODUCTS.get)
EMPTY = ShoppingList("C1")


def with_items(*items: Item) -> ShoppingList:
    made = EMPTY
    for item in items:
        made = add(made, item)
    return made


# --- what is on a list


def test_the_same_thing_said_again_counts_for_more() -> None:
    made = with_items(Item("Birthday candles", 2), Item("tea", product_id="green-tea"), Item("birthday CANDLES"))
    assert [(item.text, item.quantity) for item in made.items] == [("Birthday candles", 3), ("tea", 1)]


def test_the_same_product_with_other_options_is_another_item() -> None:
    oat = Item("Latte", product_id="latte", options=(LineOption("milk", "oat"),))
    assert len(with_items(oat, Item("Latte", product_id="latte"), oat).items) == 2


def test_what_was_ticked_off_is_open_again_when_it_is_added_again() -> None:
    bought = tick(with_items(Item("eggs", 12)), [Item("eggs")])
    assert bought.open == ()
    assert add(bought, Item("eggs", 6)).open == (Item("eggs", 6),)
    assert tick(bought, [Item("eggs")], ticked=False).open == (Item("eggs", 12),)


def test_items_are_found_by_their_name_or_by_some_of_its_words() -> None:
    made = with_items(Item("oat milk"), Item("milk"), Item("chocolate, dark"))
    assert like(made, "Milk") == (Item("milk"),)
    assert like(made, "dark chocolate") == (Item("chocolate, dark"),)
    assert like(made, "oat") == (Item("oat milk"),)
    assert like(made, "sugar") == like(made, "...") == ()


def test_removing_what_is_not_there_changes_nothing() -> None:
    made = with_items(Item("eggs"), Item("milk"))
    assert remove(made, [Item("sugar")]) == made
    assert remove(made, like(made, "eggs")).items == (Item("milk"),)


@pytest.mark.parametrize("item", [Item("eggs", 0), Item("  ?! "), Item("", 2)])
def test_an_item_needs_words_and_a_quantity(item: Item) -> None:
    with pytest.raises(ValueError, match="words and a quantity"):
        add(EMPTY, item)


NAMES = st.sampled_from(["eggs", "milk", "Oat milk", "tea"])


@given(st.lists(st.tuples(st.sampled_from(["add", "remove", "tick"]), NAMES, st.integers(1, 5))))
def test_a_list_never_names_a_thing_twice_and_counts_what_was_added(steps: list[tuple[str, str, int]]) -> None:
    made, wanted = EMPTY, dict[str, int]()
    for what, name, quantity in steps:
        if what == "add":
            made = add(made, Item(name, quantity))
            wanted[name] = wanted.get(name, 0) + quantity
        elif what == "remove":
            made = remove(made, [Item(name)])
            wanted.pop(name, None)
        else:
            made = tick(made, [Item(name)])
            wanted.pop(name, None)
    assert len({item.same_as for item in made.items}) == len(made.items)
    assert {item.text: item.quantity for item in made.open} == wanted


# --- into the basket


def test_names_and_products_become_lines_and_the_rest_stays_with_the_reason() -> None:
    made = with_items(
        Item("sencha", 2),
        Item("Milk", product_id="milk"),
        Item("something nice for Ann"),
        Item("dairy milk"),
        Item("Tent", product_id="tent"),
        Item("Socks", product_id="socks"),
        Item("cup of tea"),
    )
    found = for_basket(made.open, *SHELF)
    assert [(line.title, line.quantity, line.total.minor) for line in found.lines] == [
        ("Green Tea", 2, 900),
        ("Milk", 1, 120),
    ]
    assert found.taken == made.items[:2]
    assert [(one.item.text, one.why) for one in found.unclear] == [
        ("something nice for Ann", "unknown"),
        ("dairy milk", "several"),
        ("Tent", "not_for_sale"),
        ("Socks", "variant"),
        ("cup of tea", "option"),
    ]
    assert found.unclear[1].product_ids == ("milk", "oat-milk")
    assert [found.unclear[3].missing, found.unclear[4].missing] == [("colour",), ("kind",)]


def test_options_on_the_list_pick_the_variant_and_cost_what_they_cost() -> None:
    red = Item("Socks", product_id="socks", options=(LineOption("colour", "red"),))
    oat = Item("Latte", product_id="latte", options=(LineOption("syrup", "vanilla"), LineOption("milk", "oat")))
    found = for_basket([red, oat, Item("latte"), Item("Socks", product_id="socks", sku="socks-black-S")], *SHELF)
    assert [line.sku for line in found.lines] == ["socks-red-M", "latte", "latte", "socks-black-S"]
    assert [line.unit_price.minor for line in found.lines] == [900, 560, 450, 900]
    assert [option.value for option in found.lines[2].options] == ["whole"]


def test_a_choice_that_is_not_sold_stays_on_the_list() -> None:
    green = Item("Socks", product_id="socks", options=(LineOption("colour", "green"),))
    goat = Item("Latte", product_id="latte", options=(LineOption("milk", "goat"),))
    gone = Item("Socks", product_id="socks", sku="socks-blue-S")
    assert [one.why for one in for_basket([green, goat, gone], *SHELF).unclear] == ["not_for_sale"] * 3


def test_no_more_goes_into_the_basket_than_there_is() -> None:
    again = Item("Green Tea", 3, product_id="green-tea")
    assert for_basket([Item("sencha", 3), again], *SHELF).unclear == (
        Unclear(again, "out_of_stock", ("green-tea",), left=2),
    )
    assert for_basket([], *SHELF) == ForBasket((), (), ())


# --- kept


@pytest.fixture
def lists(shared: Databases) -> Iterator[Lists]:
    store, _ = open_store(shared.new())
    yield Lists(store._engine)
    store._engine.dispose()


def test_a_customer_keeps_several_lists_by_name(lists: Lists) -> None:
    camping = add(lists.shopping_list("C1", "Camping trip"), Item("tent pegs", 8))
    assert lists.put_list("k1", camping)
    assert lists.put_list(
        "k2", add(lists.shopping_list("C1"), Item("milk", options=(LineOption("fat", "low", "some"),)))
    )
    assert [(one.name, one.version) for one in lists.lists_of("C1")] == [("", 1), ("Camping trip", 1)]
    assert lists.shopping_list("C1", "camping TRIP").items == camping.items
    assert lists.shopping_list("C1").items[0].options == (LineOption("fat", "low", "some"),)
    assert (lists.lists_of("C2"), lists.shopping_list("C2", "camping trip").items) == ([], ())


def test_a_change_is_made_once_for_each_key(lists: Lists) -> None:
    changed = add(lists.shopping_list("C1"), Item("milk"))
    assert [lists.put_list("k1", changed) for _ in range(2)] == [True, True]
    assert lists.put_list("k1", add(lists.shopping_list("C1"), Item("eggs")))
    assert [item.text for item in lists.shopping_list("C1").items] == ["milk"]
    with pytest.raises(ValueError, match="another list"):
        lists.put_list("k1", ShoppingList("C2", items=(Item("milk"),)))


def test_a_change_decided_on_an_older_list_is_refused(lists: Lists) -> None:
    before = lists.shopping_list("C1")
    assert lists.put_list("k1", add(before, Item("milk")))
    assert not lists.put_list("k2", add(before, Item("eggs")))
    now = lists.shopping_list("C1")
    assert lists.put_list("k2", add(now, Item("eggs")))
    assert not lists.put_list("k3", add(now, Item("tea")))
    assert [item.text for item in lists.shopping_list("C1").items] == ["milk", "eggs"]


def test_a_name_too_long_to_say_is_cut_and_found_again(lists: Lists) -> None:
    name = "things for the trip " * 50
    assert lists.put_list("k1", add(lists.shopping_list("C1", name), Item("milk " * 500)))
    assert [(len(one.name), len(one.items)) for one in lists.lists_of("C1")] == [(100, 1)]
    assert lists.shopping_list("C1", name).version == 1


def test_an_emptied_list_is_not_listed(lists: Lists) -> None:
    lists.put_list("k1", add(lists.shopping_list("C1"), Item("milk")))
    now = lists.shopping_list("C1")
    lists.put_list("k2", remove(now, now.items))
    assert (lists.lists_of("C1"), lists.shopping_list("C1").version) == ([], 2)


def test_what_eight_devices_add_at_once_is_all_on_the_list(shared: Databases) -> None:
    url = shared.new()
    open_store(url)[0]._engine.dispose()
    devices = [Lists(open_engine(url)) for _ in range(8)]

    def say(one: tuple[int, Lists]) -> None:
        number, device = one
        while not device.put_list(f"k{number}", add(device.shopping_list("C1"), Item(f"thing {number}"))):
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(say, enumerate(devices)))
    assert {item.text for item in devices[0].shopping_list("C1").items} == {f"thing {number}" for number in range(8)}
    for device in devices:
        device._engine.dispose()
