"""A sample shop to try Handla with: catalogue, customers and a year of orders.

The files are made by `python -m commerce.sample.make`; docs/sample-shop.md says what is in them.
"""

from __future__ import annotations

from pathlib import Path

from commerce.catalogue import read_catalogue
from commerce.types import Product

CATALOGUE = Path(__file__).with_name("catalogue.json")


def sample_products() -> list[Product]:
    """The sample catalogue, as a merchant's own file would be read."""
    return list(read_catalogue(CATALOGUE).products)
