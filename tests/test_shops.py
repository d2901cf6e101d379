"""What tests share of a shop is what each would have read by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from commerce.store import open_engine
from commerce.store.tables import shop
from tests.databases import Databases, give_tables
from tests.shops import NOW, Shops, _store


@pytest.mark.parametrize("text", ["two oat milk and a jacket in black", "where is order 6011", "snekers under 80"])
def test_an_assistant_that_was_lent_the_catalogue_is_like_one_that_read_it(shops: Shops, text: str) -> None:
    lent, own = shops.assistant(), shops.assistant(shops.copy())
    assert lent.shop.products() == own.shop.products()
    assert lent.vocabulary().terms == own.vocabulary().terms
    for language in ("en", "sv"):
        heard = [one.understand(text, language, today=NOW.date()) for one in (lent, own)]
        assert heard[0] == heard[1]


def test_what_changes_in_one_shop_changes_in_no_other(shops: Shops) -> None:
    one, other = shops.assistant(), shops.assistant()
    before = other.shop.product_of("GER-STOV")
    _store(one.shop).set_price("GER-STOV", 1)
    assert other.shop.product_of("GER-STOV") == before != one.shop.product_of("GER-STOV")


def test_what_one_engine_compiled_the_next_one_uses(shared: Databases) -> None:
    kept = []
    for url in (shared.new(), shared.new()):
        engine = open_engine(url)
        give_tables(engine)
        with engine.connect() as connection:
            assert connection.execute(select(shop.c.currency)).scalar_one() == "USD"
        kept.append(len(engine.dialect.compiled))
    assert kept[0] == kept[1] > 0
