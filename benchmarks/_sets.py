"""Manifests of the development data for `handla evaluate`: python -m benchmarks._sets FOLDER

Writes FOLDER/coffee.json (the catalogue of the coffee bar), FOLDER/orders.jsonl (60 recorded orders: each should fill
the basket with exactly what its label says) and FOLDER/commands.jsonl (recorded commands of another kind: nothing may
be bought by them). The recordings stay where they are.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks._laid import SPEECH
from benchmarks._orders import amount_of, coffee_bar

TEXTS = {"nevermind": "never mind"}


def catalogue() -> dict[str, Any]:
    """The coffee bar as a catalogue file: every drink takes every option, and none is required."""
    options: dict[str, dict[str, Any]] = {}
    for term in coffee_bar().terms:
        if term.kind == "option":
            option = options.setdefault(term.key, {"name": term.key, "values": [], "amounts": term.amounts})
            option["values"].append(term.value)
    drinks = [term.value for term in coffee_bar().terms if term.kind == "product"]
    return {
        "products": [{"id": one, "title": one.title(), "price": 400, "options": [*options.values()]} for one in drinks]
    }


def orders() -> Iterator[dict[str, Any]]:
    """One row a recorded order. Its words were never written down, so no word error rate comes of them."""
    folder = SPEECH / "orders"
    for text in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(text)
        line = {"product": label["slots"]["coffeeDrink"], "options": dict(_options(label["slots"]))}
        yield {
            "id": label["file"],
            "file": str((folder / label["file"]).resolve()),
            "intent": "add_to_basket",
            "lines": [line],
            "expects": {"basket": [line]},
            "kind": "recorded",
        }


def commands() -> Iterator[dict[str, Any]]:
    """One row a command; the file's name is what is said, but for what is none of the commands."""
    for file in sorted((SPEECH / "commands").glob("*.wav")):
        text = {} if file.stem.startswith("oov") else {"text": TEXTS.get(file.stem, file.stem)}
        yield {"id": file.name, "file": str(file.resolve()), "expects": {"orders": 0}, "kind": "recorded", **text}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "coffee.json").write_text(json.dumps(catalogue(), indent=1), encoding="utf-8")
    for name, rows in (("orders", orders()), ("commands", commands())):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _options(slots: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in slots.items():
        if name != "coffeeDrink":
            amount, label = amount_of(value)
            yield name, f"{label}/{amount}" if amount else label


if __name__ == "__main__":
    if not SPEECH.is_dir():
        sys.exit(f"{SPEECH} is not there")
    main(Path(sys.argv[1]))
