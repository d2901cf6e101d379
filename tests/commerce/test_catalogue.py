from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from commerce.catalogue import read_catalogue, schema_text
from commerce.refused import ImportRefused
from commerce.types import Money
from tests.commerce.goods import read_json

DOCS = Path(__file__).parents[2] / "docs"


def refused(folder: Path, content: object) -> list[str]:
    """The faults of a catalogue; `content` is its text, or what becomes JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(ImportRefused) as caught:
        read_json(folder, text)
    return list(caught.value.faults)


def one_fault(folder: Path, entry: dict[str, Any]) -> str:
    """The only fault of a catalogue with this one product, after the place."""
    faults = refused(folder, {"products": [entry]})
    assert len(faults) == 1, faults
    return faults[0].removeprefix("catalogue.json: ")


# --- what is taken


def test_a_title_and_a_price_are_a_product(tmp_path: Path) -> None:
    (tea,) = read_json(tmp_path, '{"products": [{"title": "Green Tea", "price": 450}]}')
    assert (tea.id, tea.title) == ("green-tea", "Green Tea")
    (variant,) = tea.variants
    assert (variant.sku, variant.price, variant.stock) == ("green-tea", Money(450, "USD"), 1_000_000)


def test_the_whole_shape_is_taken(tmp_path: Path) -> None:
    entry = {
        "id": "jacket",
        "title": "Trail Jacket",
        "brand": "Fjord",
        "description": {"plain": "Keeps rain out."},
        "categories": ["outdoor", {"value": "jackets"}],
        "aliases": ["Rain Coat"],
        "tags": ["new"],
        "attributes": {"waterproof": True, "material": "nylon", "weight_grams": 410, "membrane": 2.5},
        "options": [
            {"name": "colour", "values": ["black", {"label": "red", "aliases": ["Crimson"]}]},
            {"name": "hood", "values": [{"label": "fur", "price_delta": 900}], "several": True, "amounts": True},
        ],
        "variants": [
            {
                "id": "gid-1",
                "sku": "J-BLK",
                "price": {"amount": 14900, "currency": "SEK"},
                "availability": {"available": False, "quantity": 3},
                "options": [{"name": "colour", "label": "black"}],
            },
            {"id": "J-RED", "price": 15900, "availability": 2, "options": [{"name": "colour", "label": "red"}]},
        ],
        "rating": {"value": 4.6, "count": 132},
        "reviews": [{"stars": 5, "text": "Dry."}],
        "url": "https://example.org/jacket",
        "media": [{"anything": 1}],
    }
    (jacket,) = read_json(tmp_path, json.dumps({"currency": "SEK", "products": [entry]}))
    black, red = jacket.variants
    assert (black.sku, black.price, black.stock, black.title) == (
        "J-BLK",
        Money(14900, "SEK"),
        0,
        "Trail Jacket, black",
    )
    assert (red.sku, red.stock, dict(red.selected)) == ("J-RED", 2, {"colour": "red"})
    assert jacket.categories == ("outdoor", "jackets")
    assert jacket.aliases == ("rain coat",)
    assert dict(jacket.attributes) == entry["attributes"]
    assert jacket.attributes["waterproof"] is True
    colour, hood = jacket.options
    assert (colour.required, hood.required) == (True, False)
    assert colour.choices[1].aliases == ("crimson",)
    assert (hood.choices[0].extra, hood.several, hood.amounts) == (900, True, True)
    assert (jacket.rating, jacket.rating_count, jacket.reviews[0].stars) == (4.6, 132, 5)


def test_an_option_that_only_variants_name_is_made_from_them(tmp_path: Path) -> None:
    variants = [{"options": [{"name": "size", "label": label}]} for label in ("S", "M")]
    (tee,) = read_json(tmp_path, json.dumps({"products": [{"title": "Tee", "price": 900, "variants": variants}]}))
    assert [choice.label for choice in tee.options[0].choices] == ["S", "M"]
    assert [variant.sku for variant in tee.variants] == ["tee-s", "tee-m"]


def test_the_example_of_the_documentation_is_taken(tmp_path: Path) -> None:
    examples = re.findall(r"```json\n(.*?)```", (DOCS / "catalogue.md").read_text(encoding="utf-8"), re.DOTALL)
    minimal, coffee_bar = (read_json(tmp_path, example) for example in examples)
    assert [tea.title for tea in minimal] == ["Green Tea"]
    latte = next(product for product in coffee_bar if product.id == "latte")
    assert latte.variant_options == frozenset()
    assert [option.name for option in latte.options] == ["size", "milk", "sweetener"]


def test_the_published_schema_is_that_of_the_code() -> None:
    published = (DOCS / "catalogue.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), "run python -m commerce.catalogue > docs/catalogue.schema.json"


# --- what is refused


def test_a_price_in_major_units_is_refused_with_the_amount_that_was_meant(tmp_path: Path) -> None:
    products = [{"title": f"Tea {n}", "price": 1} for n in range(11)]
    jacket = {"title": "Trail jacket", "price": {"amount": 199.5}}
    assert refused(tmp_path, {"products": [*products, jacket]}) == [
        'catalogue.json: product 12 "Trail jacket": price.amount is 199.5; '
        "give minor units as a whole number (19950 for $199.50)."
    ]


@pytest.mark.parametrize(
    ("currency", "hint"), [("SEK", "1250 for 12.50 SEK"), ("JPY", "12 for 12 JPY"), ("KWD", "12500 for 12.500 KWD")]
)
def test_the_amount_that_was_meant_has_the_currency_s_own_decimals(tmp_path: Path, currency: str, hint: str) -> None:
    (fault,) = refused(tmp_path, {"currency": currency, "products": [{"title": "Tea", "price": 12.5}]})
    assert hint in fault


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"title": "Tea"}, 'product 1 "Tea": price is missing'),
        ({"price": 5}, "product 1: title is missing."),
        ({"title": " ", "price": 5}, "title is empty"),
        ({"title": "Tea", "price": -1}, "price.amount is -1; give 0 or more."),
        ({"title": "Tea", "price": True}, "price.amount is true"),
        (
            {"title": "Tea", "price": "4.50"},
            'price.amount is "4.50"; give minor units as a whole number (450 for $4.50).',
        ),
        ({"title": "Tea", "price": 5, "catagories": []}, '"catagories" is not a known key; did you mean "categories"?'),
        ({"title": "Tea", "price": 5, "xyzzy": 1}, '"xyzzy" is not a known key; known here: id, title'),
        ({"title": "Tea", "price": 5, "attributes": {"hot": None}}, "attributes.hot is null; give a text, true, false"),
        ({"title": "Tea", "price": 5, "rating": {"value": 7}}, "rating.value is 7; give 5"),
        ({"title": "Tea", "price": 5, "reviews": [{"stars": 0, "text": "x"}]}, "review 1: stars is 0; give 1 or more"),
        ({"title": "Tea", "price": 5, "tags": "hot"}, 'tags is "hot"; give a list in square brackets.'),
        ({"title": "Tea", "price": 5, "availability": "lots"}, 'availability.quantity is "lots"; give a whole number.'),
        ({"title": "Tea", "price": {"amount": 5, "currency": "SEK"}}, 'price.currency is "SEK", the file\'s is "USD"'),
        (
            {"title": "Tea", "price": 5, "options": [{"name": "size", "values": ["small"], "default": "big"}]},
            'option 1 "size": default is "big", which is not among the values; give one of: small.',
        ),
        ({"title": "Tea", "price": 5, "options": [{"name": "size", "values": []}]}, 'option 1 "size": values is empty'),
        (
            {"title": "Tea", "price": 5, "options": [{"name": "size", "values": ["big", "big"]}]},
            'value "big" is listed twice',
        ),
        (
            {"title": "Tea", "price": 5, "options": [{"name": "size", "values": [{"label": "s", "price_delta": -9}]}]},
            "price 5 is less than what its options take off (9)",
        ),
        (
            {
                "title": "Tee",
                "price": 5,
                "options": [{"name": "colour", "values": ["red"]}],
                "variants": [{"options": [{"name": "colour", "label": "blue"}]}],
            },
            'variant 1: option "colour" has no value "blue"; give one of: red.',
        ),
        (
            {
                "title": "Tee",
                "price": 5,
                "options": [{"name": "colour", "values": ["red"]}],
                "variants": [{"options": [{"name": "color", "label": "red"}]}],
            },
            'option "color" is not declared; did you mean "colour"?',
        ),
        (
            {"title": "Tee", "price": 5, "variants": [{"id": "A"}, {"id": "B"}]},
            'variant 2 "B": it has no options to tell it from variant 1',
        ),
    ],
)
def test_a_fault_says_where_it_is_and_what_to_give(tmp_path: Path, entry: dict[str, Any], fault: str) -> None:
    assert fault in one_fault(tmp_path, entry)


def test_ids_and_skus_must_be_unique(tmp_path: Path) -> None:
    same_id, same_sku = refused(
        tmp_path,
        {
            "products": [
                {"title": "Tea", "price": 1},
                {"title": "tea", "price": 1},
                {"id": "mug", "title": "Mug", "price": 5, "variants": [{"sku": "tea"}]},
            ]
        },
    )
    assert 'product 2 "tea": id "tea", made from the title, is that of product 1 too' in same_id
    assert 'product 3 "Mug", variant 1 "tea": SKU "tea" is in use in product 1 already' in same_sku


def test_every_fault_is_kept_and_twenty_are_shown(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as caught:
        read_json(tmp_path, json.dumps({"products": [{"title": f"Tea {n}"} for n in range(25)]}))
    shown = str(caught.value).splitlines()
    assert len(caught.value.faults) == 25
    assert len(shown) == 21
    assert shown[-1] == "... and 5 more faults."


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"products": [\n  {"title" "Tea"}\n]}', "line 2, column 12: not valid JSON"),
        ("", "line 1, column 1: not valid JSON"),
        ("[]", "it is []; give an object in curly brackets."),
        ('{"products": []}', "products is empty; give at least one."),
        ('{"products": [{"title": "Tea", "price": NaN}]}', "NaN is not a number"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    assert fault in refused(tmp_path, text)[0]


def test_a_missing_file_and_a_file_in_another_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"nowhere\.json: cannot be read: No such file"):
        read_catalogue(tmp_path / "nowhere.json")
    (tmp_path / "latin.json").write_bytes('{"products": [{"title": "Crème", "price": 1}]}'.encode("latin-1"))
    with pytest.raises(ImportRefused, match="byte 27 is not UTF-8"):
        read_catalogue(tmp_path / "latin.json")
