"""Writes the sample shop's files: `python -m commerce.sample.make`. The same source gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from commerce.sample import coffee_bar, fashion, groceries, household, outdoor
from commerce.sample.cards import CURRENCY, Json, product_json

HERE = Path(__file__).parent


def catalogue() -> Json:
    """The whole catalogue in the form of docs/catalogue.md."""
    departments = (groceries, household, outdoor, fashion, coffee_bar)
    products = [product_json(card) for department in departments for card in department.cards()]
    return {"currency": CURRENCY, "products": products}


def files() -> Mapping[str, str]:
    """File name -> content of everything that is written."""
    return {"catalogue.json": _json(catalogue())}


def _json(content: Json) -> str:
    """One product a line: a change to a product is a change to one line."""
    lines = [json.dumps(product, ensure_ascii=False) for product in content["products"]]
    return f'{{"currency": "{content["currency"]}", "products": [\n' + ",\n".join(lines) + "\n]}\n"


def main() -> None:
    for name, content in files().items():
        (HERE / name).write_text(content, encoding="utf-8", newline="\n")
        print(f"{name}: {len(content):,} characters")


if __name__ == "__main__":
    main()
