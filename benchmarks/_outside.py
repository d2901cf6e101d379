"""Requests of other people's data sets, with the intents of ours that are right for them (mappings.yaml)."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from benchmarks._requests import ROOT, read_rows

DATA = ROOT / ".." / "shared" / "data" / "text"
SETS = ("clinc150", "slurp", "customer_service")
FILES = {
    "clinc150": "clinc150_train_val.json",
    "slurp": "slurp_devel.jsonl",
    "customer_service": "customer_service_requests.csv",
}
REFUSED = "refused"
OTHER_LISTS = re.compile(r"\b(to-? ?do|work|contacts?|bills|playlist|numbers|planning|school|health|task)", re.I)

Kind = Literal["named", "talk", "other"]
KINDS: tuple[Kind, ...] = ("named", "talk", "other")


@dataclass(frozen=True, slots=True)
class Outside:
    """One request of another data set."""

    text: str
    label: str
    """The class in its own data set."""
    kind: Kind
    """'named': ours and in the targets; 'talk': ours too, or harmless either way; 'other': must be refused."""
    right: frozenset[str]
    """Intents of ours that are right, 'refused' among them where a refusal is."""


def outside(name: str, limit: int | None) -> list[Outside]:
    """The requests of one set, of each kind a seeded sample of `limit`; FileNotFoundError where the data are absent."""
    mapping = yaml.safe_load(Path(__file__).with_name("mappings.yaml").read_text(encoding="utf-8"))[name]
    rows = [_mapped(text, label, mapping) for text, label in _READ[name](DATA / FILES[name])]
    kinds = [[row for row in rows if row is not None and row.kind == kind] for kind in KINDS]
    chance = random.Random(1)
    return [row for kind in kinds for row in (kind if limit is None else chance.sample(kind, min(limit, len(kind))))]


def _mapped(text: str, label: str, mapping: Mapping[str, Any]) -> Outside | None:
    if label in mapping["excluded"]:
        return None
    if label in mapping["named"]:
        right = {*mapping["named"][label]}
        if label.startswith("lists_") and OTHER_LISTS.search(text):
            right |= {*mapping["other_lists"]}
        return Outside(text, label, "named", frozenset(right))
    if label in mapping["talk"]:
        return Outside(text, label, "talk", frozenset(mapping["talk"][label]))
    return Outside(text, label, "other", frozenset({REFUSED}))


def _clinc(path: Path) -> Iterator[tuple[str, str]]:
    data = json.loads(path.read_text(encoding="utf-8"))
    yield from (tuple(row) for row in data["val"] + data["oos_val"])


def _slurp(path: Path) -> Iterator[tuple[str, str]]:
    yield from ((row["sentence"], row["intent"]) for row in read_rows(path))


def _customer_service(path: Path) -> Iterator[tuple[str, str]]:
    """Placeholders such as {{Order Number}} get a value, as a customer would say one."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield re.sub(r"\{\{(.*?)\}\}", _filled, row["instruction"]), row["intent"]


def _filled(match: re.Match[str]) -> str:
    inside = match[1]
    values = {"number": "4471", "amount": "30 dollars", "city": "Leeds", "country": "Norway", "name": "Robin Smith"}
    return next((value for part, value in values.items() if part in inside.lower()), inside)


_READ = {"clinc150": _clinc, "slurp": _slurp, "customer_service": _customer_service}
