from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from commerce.refused import ImportRefused
from commerce.store import Store, UnusableDatabase, create_tables, open_engine
from commerce.types import Basket, Choice, Customer, LineOption, Money, Option, OrderState, Product, Query, Shipment
from tests.commerce.goods import ANN, NOW, line, open_store, product, stock_of, usd
from tests.databases import Databases

TEA, MUG = product("Tea", 450), product("Mug", 900)
LATTE = product(
    "Latte",
    450,
    options=(Option("milk", (Choice("whole"), Choice("oat", ("oat milk",), 60)), default="whole", amounts=True),),
)


@pytest.fixture
def store(databases: Databases) -> Store:
    return open_store(databases.new(), [TEA, MUG, LATTE])[0]


# --- the database


def test_a_file_that_is_no_database_and_an_unknown_kind_of_database_are_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.db").write_text("not a database, but long enough to be read as one" * 50)
    with pytest.raises(UnusableDatabase, match="not a database"):
        create_tables(open_engine(f"sqlite:///{tmp_path}/shop.db"))
    with pytest.raises(UnusableDatabase, match="nosuchdb"):
        open_engine("nosuchdb://shop")


# --- the catalogue


def test_products_come_back_as_they_were_given_in_the_order_of_ids(store: Store) -> None:
    assert list(store.products()) == [LATTE, MUG, TEA]
    assert store.product("tea") == store.product_of("tea") == TEA
    assert store.product("nothing") is store.product_of("nothing") is None


def test_an_import_counts_what_it_added_updated_and_left(store: Store) -> None:
    counts = store.import_products([replace(TEA, title="Black Tea"), MUG, product("Jug")])
    assert (counts.added, counts.updated, counts.unchanged) == (1, 1, 1)
    assert str(counts) == "1 added, 1 updated, 1 unchanged"
    assert [one.title for one in store.products()] == ["Jug", "Latte", "Mug", "Black Tea"]


def test_a_second_store_on_the_same_database_sees_changes_of_the_first(shared: Databases) -> None:
    url = shared.new()
    first, _ = open_store(url, [TEA])
    second, _ = open_store(url)
    assert stock_of(second, "tea") == 10
    first.place_order("k", ANN.id, [line(first, "tea", 4)], NOW)
    first.set_price("tea", 500)
    assert stock_of(second, "tea") == 6
    assert line(second, "tea").unit_price == usd(500)
    first.import_products([MUG])
    assert second.find(Query("mug")).hits[0].product == MUG


def test_a_steady_shop_shows_one_catalogue_and_its_own_changes(shared: Databases) -> None:
    url = shared.new()
    here, _ = open_store(url, [TEA])
    there, _ = open_store(url)
    with here.steady():
        assert stock_of(here, "tea") == 10
        there.set_stock("tea", 9)
        assert stock_of(here, "tea") == 10, "what another process changes is seen in the next turn"
        here.set_price("tea", 500)
        assert stock_of(here, "tea") == 9, "what this one changes is seen at once, and all else with it"
    there.set_stock("tea", 8)
    assert stock_of(here, "tea") == 8


def test_the_version_grows_with_names_and_not_with_stock(store: Store) -> None:
    before = store.catalogue_version()
    store.set_stock("tea", 3)
    store.import_products([TEA])
    assert store.catalogue_version() == before
    store.import_products([replace(TEA, aliases=("chai",))])
    assert store.catalogue_version() > before


def test_a_search_sees_stock_and_price_of_this_moment(store: Store) -> None:
    assert store.find(Query("tea", price_max=500)).hits
    store.set_price("tea", 600)
    assert store.find(Query("tea", price_max=500)).nearest[0].unmet == ("price_max",)
    store.set_stock("tea", 0)
    assert store.find(Query("tea")).nearest[0].unmet == ("in_stock",)


def test_a_sku_of_another_product_refuses_the_whole_import(store: Store) -> None:
    thief = product("Thief", variants=MUG.variants)
    with pytest.raises(ImportRefused, match='product "thief": SKU "mug" belongs to product "mug" already'):
        store.import_products([product("Jug"), thief])
    assert store.product("jug") is None


def test_a_second_currency_is_refused(store: Store) -> None:
    kronor = replace(TEA.variants[0], sku="te", price=Money(4500, "SEK"))
    with pytest.raises(ImportRefused, match="priced in SEK, this shop in USD"):
        store.import_products([product("Te", variants=(kronor,))])


def test_a_variant_left_out_of_a_later_import_is_sold_no_more(store: Store) -> None:
    small, large = (replace(MUG.variants[0], sku=sku, selected={"size": sku}) for sku in ("mug-s", "mug-l"))
    store.import_products([replace(MUG, variants=(small, large))])
    last = line(store, "mug")
    store.import_products([replace(MUG, variants=(large,))])
    assert store.product_of("mug-s") is None
    refusal = store.check([last])
    assert refusal is not None
    assert (refusal.reason, refusal.sku) == ("not_for_sale", "mug-s")


# --- baskets


def test_a_basket_is_stored_once_for_each_key(store: Store) -> None:
    basket = replace(store.basket("C1"), lines=(line(store, "latte", 2, [LineOption("milk", "oat", "a little")]),))
    assert store.put_basket("k1", basket)
    assert store.put_basket("k1", basket)
    assert store.basket("C1") == replace(basket, version=1)
    assert store.basket("C1").total == usd(1020)


def test_a_basket_that_moved_on_is_not_overwritten(store: Store) -> None:
    old = store.basket("C1")
    store.put_basket("k1", replace(old, lines=(line(store, "tea"),)))
    assert not store.put_basket("k2", replace(old, lines=()))
    assert [one.sku for one in store.basket("C1").lines] == ["tea"]


def test_an_unknown_owner_has_an_empty_basket(store: Store) -> None:
    assert store.basket("nobody") == Basket("nobody", "USD")


# --- customers, orders, checks


def test_a_customer_is_replaced_by_id(store: Store) -> None:
    store.put_customer(Customer("C1", "Anna", "sv"))
    assert store.customer("C1") == Customer("C1", "Anna", "sv")
    assert store.customer("C9") is None


def test_how_far_an_order_has_come_is_recorded(store: Store) -> None:
    number = getattr(store.place_order("k", ANN.id, [line(store, "tea")], NOW), "number")  # noqa: B009
    shipment = Shipment("Postal", "PX1", NOW.date())
    store.set_state(number, OrderState.SHIPPED, shipment)
    order = store.order(number)
    assert order is not None
    assert (order.state, order.shipment) == (OrderState.SHIPPED, shipment)
    with pytest.raises(KeyError):
        store.set_state("0000", OrderState.SHIPPED)


def test_a_check_names_what_stands_in_the_way(store: Store) -> None:
    tea = line(store, "tea", 6)
    assert store.check([tea]) is None
    empty, short = store.check([]), store.check([tea, tea])
    assert empty is not None
    assert empty.reason == "empty"
    assert short is not None
    assert (short.reason, short.sku, short.left) == ("out_of_stock", "tea", 10)
    store.set_price("tea", 475)
    dearer = store.check([tea])
    assert dearer is not None
    assert (dearer.reason, dearer.price) == ("price_changed", usd(475))


def test_a_line_costs_the_variant_and_its_extras(store: Store) -> None:
    oat = line(store, "latte", 2, [LineOption("milk", "oat")])
    without = line(store, "latte", 1, [LineOption("milk", "oat", "no")])
    assert (oat.unit_price, oat.total, without.unit_price) == (usd(510), usd(1020), usd(450))
    cheat = replace(oat, unit_price=usd(450))
    refusal = store.check([cheat])
    assert refusal is not None
    assert (refusal.reason, refusal.price) == ("price_changed", usd(510))


def test_a_line_with_an_option_that_is_not_offered_is_not_for_sale(store: Store) -> None:
    odd = replace(line(store, "latte"), options=(LineOption("milk", "goat"),))
    refusal = store.check([odd])
    assert refusal is not None
    assert refusal.reason == "not_for_sale"


def test_what_a_customer_usually_buys_has_the_price_of_today(store: Store) -> None:
    for n in range(3):
        store.place_order(f"k{n}", ANN.id, [line(store, "latte", 2, [LineOption("milk", "oat")])], NOW)
    store.set_price("latte", 500)
    usual = store.usual(ANN.id, ["latte", "tea"])
    assert usual is not None
    assert (usual.quantity, usual.options[0].value, usual.unit_price) == (2, "oat", usd(560))
    assert store.usual(ANN.id, ["mug"]) is None


def test_a_product_without_a_name_in_ascii_survives_the_database(store: Store) -> None:
    odd = product("Crème brûlée 抹茶", attributes={"vegan": False, "grams": 2.5, "pieces": 4, "note": "true"})
    store.import_products([odd])
    assert store.product(odd.id) == odd
    found: Product = store.find(Query("creme brulee")).hits[0].product
    assert found == odd
