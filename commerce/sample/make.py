"""Writes the sample shop's files: `python -m commerce.sample.make`. The same source gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from commerce.sample import coffee_bar, fashion, groceries, household, outdoor
from commerce.sample.cards import CURRENCY, Json, product_json
from commerce.sample.history import COLUMNS, Goods, past_orders
from commerce.sample.people import people

HERE = Path(__file__).parent


def catalogue() -> Json:
    """The whole catalogue in the form of docs/catalogue.md."""
    departments = (groceries, household, outdoor, fashion, coffee_bar)
    products = [product_json(card) for department in departments for card in department.cards()]
    return {"currency": CURRENCY, "products": products}


def files() -> Mapping[str, str]:
    """File name -> content of everything that is written."""
    shop = catalogue()
    everyone = people()
    goods = Goods.of(shop)
    customers = [{"id": one.id, "name": one.name, "language": one.language} for one in everyone]
    rows = [row for order in past_orders(everyone, goods) for row in order.rows(goods)]
    return {
        "catalogue.json": f'{{"currency": "{CURRENCY}", "products": {_json(shop["products"])}}}\n',
        "customers.json": f'{{"customers": {_json(customers)}}}\n',
        "orders.csv": _csv(rows),
    }


def _json(entries: Sequence[Json]) -> str:
    """One entry a line: a change to a product is a change to one line."""
    return "[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]"


def _csv(rows: Sequence[Sequence[str | int | float]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    for name, content in files().items():
        (HERE / name).write_text(content, encoding="utf-8", newline="\n")
        print(f"{name}: {len(content):,} characters")


if __name__ == "__main__":
    main()
