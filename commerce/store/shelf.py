"""The catalogue in rows and in memory: read once for each version, prices and stock kept fresh."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select, update

from commerce.index import Index
from commerce.ports import Meaning
from commerce.refused import ImportRefused
from commerce.store import terms
from commerce.store.tables import products, shop, variants
from commerce.store.vectors import read_meanings
from commerce.terms import Terms
from commerce.types import Money, Product, Variant

_AS_IT_IS = select(shop.c.currency, shop.c.catalogue_version, shop.c.stock_version, terms.BODY.label("terms"))
"""The currency, and what Stand.stamp is of."""
_codec = TypeAdapter(Product)
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did."""

    added: int
    updated: int
    unchanged: int

    def __str__(self) -> str:
        return f"{self.added} added, {self.updated} updated, {self.unchanged} unchanged"


@dataclass(slots=True)
class Stand:
    """The catalogue and the merchant's terms as they stood at one moment."""

    version: int = -1
    stock_version: int = -1
    currency: str = "USD"
    products: dict[str, Product] = field(default_factory=dict)
    """By id, in the order of ids."""
    owner: dict[str, str] = field(default_factory=dict)
    """SKU -> product id."""
    index: Index = field(default_factory=lambda: Index(()))
    listed: tuple[Product, ...] = ()
    terms_body: str | None = None
    """What `terms` were read from."""
    terms: Terms = field(default_factory=Terms)

    @property
    def stamp(self) -> tuple[int, int, str | None]:
        """What tells this from any other stand of the shop."""
        return self.version, self.stock_version, self.terms_body

    def product_of(self, sku: str) -> Product | None:
        return self.products[self.owner[sku]] if sku in self.owner else None


class Shelf:
    """What is for sale. `stand` answers from memory and asks the database only what changed since."""

    def __init__(self, meaning: Meaning | None = None) -> None:
        self._lock = threading.Lock()
        self._stand = Stand()
        self._meaning = meaning

    def stand(self, connection: Connection) -> Stand:
        row, stand = connection.execute(_AS_IT_IS).one(), self._stand
        if row[1:] == stand.stamp:
            return stand
        with self._lock:
            row = connection.execute(_AS_IT_IS).one()  # another thread may have read what is newer meanwhile
            if row.catalogue_version != self._stand.version:
                read = _read(connection, row.currency, row.catalogue_version, row.stock_version)
                meanings = read_meanings(connection, self._meaning, read.listed) if self._meaning else None
                self._stand = replace(read, index=Index(read.listed, meanings))
            elif row.stock_version != self._stand.stock_version:
                self._stand = _refreshed(connection, self._stand, row.stock_version)
            if row.terms != self._stand.terms_body:
                self._stand = replace(self._stand, terms_body=row.terms, terms=terms.made_of(row.terms))
            return self._stand


def _read(connection: Connection, currency: str, version: int, stock_version: int) -> Stand:
    """The catalogue as the rows have it, not yet made ready for search."""
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for sku, product_id, price, stock in connection.execute(
        select(variants.c.sku, variants.c.product_id, variants.c.price, variants.c.stock)
    ):
        found[product_id][sku] = (price, stock)
    read = [_codec.validate_json(body) for (body,) in connection.execute(select(products.c.body))]
    fresh = [_priced(product, found[product.id], currency) for product in read]
    by_id = {product.id: product for product in sorted(fresh, key=lambda product: product.id)}
    return Stand(
        version=version,
        stock_version=stock_version,
        currency=currency,
        products=by_id,
        owner={variant.sku: product.id for product in by_id.values() for variant in product.variants},
        listed=tuple(by_id.values()),
    )


def _refreshed(connection: Connection, stand: Stand, stock_version: int) -> Stand:
    changed: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    rows = connection.execute(
        select(variants.c.sku, variants.c.product_id, variants.c.price, variants.c.stock).where(
            variants.c.changed > stand.stock_version
        )
    )
    for sku, product_id, price, stock in rows:
        changed[product_id][sku] = (price, stock)
    by_id = dict(stand.products)
    for product_id, figures in changed.items():
        if product_id in by_id:
            by_id[product_id] = _priced(by_id[product_id], figures, stand.currency)
    fresh = [by_id[product_id] for product_id in changed if product_id in by_id]
    return replace(
        stand,
        stock_version=stock_version,
        products=by_id,
        index=stand.index.with_figures(fresh),
        listed=tuple(by_id.values()),
    )


def _priced(product: Product, figures: dict[str, tuple[int, int]], currency: str) -> Product:
    """The product with price and stock from `figures` (SKU -> minor units, pieces) where they are given."""

    def fresh(variant: Variant) -> Variant:
        if variant.sku not in figures:
            return variant
        price, stock = figures[variant.sku]
        return replace(variant, price=Money(price, currency), stock=stock)

    return replace(product, variants=tuple(fresh(variant) for variant in product.variants))


# --- writing


def write_products(connection: Connection, incoming: Sequence[Product]) -> Counts:
    """Add or replace these products; others stay. Raises ImportRefused for a foreign currency or a SKU in use."""
    known = _known(connection, [product.id for product in incoming])
    _refuse_currency(connection, incoming)
    _refuse_foreign_skus(connection, incoming)
    added = [product for product in incoming if product.id not in known]
    updated = [product for product in incoming if product.id in known and known[product.id] != _body(product)]
    _write_bodies(connection, added, updated)
    figures_changed = _write_variants(connection, incoming)
    changed = {product.id for product in (*added, *updated)} | figures_changed
    if added or updated:
        next_catalogue_version(connection)
    return Counts(len(added), len(changed) - len(added), len(incoming) - len(changed))


def next_catalogue_version(connection: Connection) -> None:
    """Count one change, so that every process reads the catalogue anew."""
    connection.execute(update(shop).values(catalogue_version=shop.c.catalogue_version + 1))


def next_stock_version(connection: Connection) -> int:
    """Count one change of price or stock, and hold the shop's row until the transaction ends.

    PostgreSQL makes other writers wait here, so the numbers grow in the order of commits.
    """
    counted = update(shop).values(stock_version=shop.c.stock_version + 1).returning(shop.c.stock_version)
    return int(connection.execute(counted).scalar_one())


def _body(product: Product) -> str:
    """The product as JSON without the figures that the variants' table holds."""
    bare = [replace(variant, price=Money(0, variant.price.currency), stock=0) for variant in product.variants]
    return _codec.dump_json(replace(product, variants=tuple(bare))).decode()


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for chunk in _chunks(ids):
        rows = connection.execute(select(products.c.id, products.c.body).where(products.c.id.in_(chunk)))
        known.update((product_id, body) for product_id, body in rows)
    return known


def _refuse_currency(connection: Connection, incoming: Sequence[Product]) -> None:
    currencies = {variant.price.currency for product in incoming for variant in product.variants}
    if len(currencies) > 1:
        raise ImportRefused([f"The products are priced in {', '.join(sorted(currencies))}; one shop keeps one."])
    kept = connection.execute(select(shop.c.currency)).scalar_one()
    if not currencies or currencies == {kept}:
        return
    if connection.execute(select(products.c.id).limit(1)).first():
        raise ImportRefused([f"The products are priced in {currencies.pop()}, this shop in {kept}."])
    connection.execute(update(shop).values(currency=currencies.pop()))


def _refuse_foreign_skus(connection: Connection, incoming: Sequence[Product]) -> None:
    owner = {variant.sku: product.id for product in incoming for variant in product.variants}
    faults = []
    for chunk in _chunks(list(owner)):
        rows = connection.execute(select(variants.c.sku, variants.c.product_id).where(variants.c.sku.in_(chunk)))
        faults += [
            f'product "{owner[sku]}": SKU "{sku}" belongs to product "{product_id}" already.'
            for sku, product_id in rows
            if owner[sku] != product_id
        ]
    if faults:
        raise ImportRefused(sorted(faults))


def _write_bodies(connection: Connection, added: Sequence[Product], updated: Sequence[Product]) -> None:
    if added:
        connection.execute(insert(products), [{"id": product.id, "body": _body(product)} for product in added])
    for product in updated:
        connection.execute(update(products).where(products.c.id == product.id).values(body=_body(product)))


def _write_variants(connection: Connection, incoming: Sequence[Product]) -> set[str]:
    """Ids of the products of which a price, a stock or a SKU changed."""
    before: dict[str, tuple[str, int, int]] = {}
    for chunk in _chunks([product.id for product in incoming]):
        rows = connection.execute(select(variants).where(variants.c.product_id.in_(chunk)))
        before.update((row.sku, (row.product_id, row.price, row.stock)) for row in rows)
    after = {
        variant.sku: (product.id, variant.price.minor, variant.stock)
        for product in incoming
        for variant in product.variants
    }
    gone = [sku for sku in before if sku not in after]
    fresh = [sku for sku in after if after[sku] != before.get(sku)]
    if not gone and not fresh:
        return set()
    changed = next_stock_version(connection)
    for chunk in _chunks([*gone, *(sku for sku in fresh if sku in before)]):
        connection.execute(delete(variants).where(variants.c.sku.in_(chunk)))
    if fresh:
        keys = ("product_id", "price", "stock")
        rows_in = [{"sku": sku, "changed": changed, **dict(zip(keys, after[sku], strict=True))} for sku in fresh]
        connection.execute(insert(variants), rows_in)
    return {(after.get(sku) or before[sku])[0] for sku in (*gone, *fresh)}


def _chunks(items: Sequence[str]) -> Iterable[Sequence[str]]:
    # A statement takes only so many parameters.
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
