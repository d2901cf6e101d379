"""Whether a request was understood as its label says. docs/understanding.md, "Measured", has the rules in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.dialogue import SURE as ASKED_AGAIN
from benchmarks._requests import Request, translations
from nlu.types import HeardLine, HeardOption, Slot, Understanding

FREE = {"query", "exclude", "recipient", "occasion", "person", "place", "service", "staff", "reason"}
"""Slots whose value may be the words themselves: compared word by word."""
STRICT = {"price_min", "price_max", "rating_min", "ordinal", "order_number", "quantity", "exclude", "superlative"}
STRICT |= {"rating", "date", "time", "topic", "alert"}
"""Slots that change what is done: none may be added."""
LOOSE = {"answer", "currency", "reference", "unit", "not_offered", "service", "staff", "reason", "person", "place"}
"""Slots that may be added: they tell more about the same request."""
SEARCHING = {"find_product", "recommend"}
"""Intents for which every describing slot must rest on words that describe."""
COMPARING = {"product_details", "compare_products", "store_info", "give_feedback", "order_history"}
"""Questions: a superlative or a day in them ("which is warmer", "open on Sunday") narrows the answer, no more."""
CHOOSING = SEARCHING | {"add_to_basket", "select_option", "correct"}
"""Intents in which a superlative picks the product."""
NARROWING = {"superlative", "date", "time", "topic", "quantity", "ordinal"}
FLAT = {"select_option", "give_value", "correct", "change_quantity"}
"""Answers and changes: a choice or a number may stand in a slot or on a line."""
MAKING = {"add_to_basket", "list_add", "remove_from_basket", "list_remove", "change_quantity", "reorder"}
"""Intents whose lines are carried out: none may be missing or added, those the shop does not have included."""
SURE = 0.5
"""A candidate below this score is no answer to "do you have such a thing"."""
FILLER = """
a an the some any of and or for to in on with my me i you your it is are that this these those one ones please
something anything stuff thing things kind kinds sort sorts get got have need want looking see show find do does
would like from at by as be so um uh
en ett den det de dem som och eller för till i på med min mitt mina mig jag ni era ert er är nåt nån något någon
några nåra lite ha har vill tack att av om hos från visa hitta finns ska par
"""
"""English and Swedish words that describe nothing."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one reading got right and wrong."""

    intent: bool
    found: int
    """Slots and lines of the label that were heard."""
    missed: tuple[str, ...]
    added: tuple[str, ...]
    """What was heard wrongly, or would change what is done without having been said."""
    sentiment: bool

    @property
    def whole(self) -> bool:
        """Whether the intent, every labelled slot and every labelled line are right and nothing was added."""
        return self.intent and not self.missed and not self.added


def judge(request: Request, heard: Understanding) -> Judgement:
    refused = is_refused(heard)
    intent = heard.intent in request.intents
    wanted = {request.sentiment or "neutral"} if not isinstance(request.sentiment, dict) else request.sentiment["any"]
    mood = heard.sentiment in wanted
    if "out_of_scope" in request.intents:
        return Judgement(refused, 0, (), (), mood)
    chosen = _chosen(request, heard)
    if chosen and chosen <= request.choice:
        return Judgement(intent, max(1, len(request.slots)), (), (), mood)
    heard = _pointed(request, heard)
    found, missed, added = 0, list[str](), list[str]()
    if refused and intent:
        missed.append(f"too unsure, {heard.confidence}")
    if request.choice and not request.slots:
        missed.append(f"one of {', '.join(sorted(request.choice))}, heard {sorted(chosen)}")
    for part in (_slots(request, heard), _lines(request, heard)):
        found += part[0]
        missed += part[1]
        added += part[2]
    return Judgement(intent, found, tuple(missed), tuple(added), mood)


def is_refused(heard: Understanding) -> bool:
    """Whether the dialogue would not act on it: out of scope, or so unsure that it asks again."""
    return heard.intent == "out_of_scope" or heard.confidence < ASKED_AGAIN


Part = tuple[int, list[str], list[str]]
"""How many were found; what was missed; what was added."""


def _slots(request: Request, heard: Understanding) -> Part:
    found, missed, added = 0, list[str](), list[str]()
    pool = list(_said(request, heard))
    used: set[int] = set()
    for name, labels in request.slots.items():
        for label in labels if isinstance(labels, list) else [labels]:
            if name == "query":
                right = _query_is_right(str(label), heard)
            else:
                at = _matching(name, label, pool, used)
                right = at is not None or (_optional(label) and not _named(name, pool, used))
                used |= set() if at is None else {at}
            if right and not _optional(label):
                found += 1
            elif not right:
                missed.append(f"{name}={_shown(label)}, heard {[slot.value for slot in pool if slot.name == name]}")
    for at, slot in enumerate(pool):
        if at not in used and slot.name != "query" and _changes_something(slot, request, heard):
            added.append(f"{slot.name}={slot.value!r}")
    return found, missed, added


def _said(request: Request, heard: Understanding) -> Iterator[Slot]:
    """The slots; for answers and changes what a line carries too, where the label has it as a slot."""
    yield from heard.slots
    if len(heard.lines) == 1 and set(request.intents) & FLAT:
        line = heard.lines[0]
        carried = [Slot(option.name, _option(option), option.said, option.span) for option in line.options]
        carried += [Slot("quantity", line.quantity, line.said, line.span)] if line.counted else []
        yield from (slot for slot in carried if slot.name in request.slots and heard.slot(slot.name) is None)


def _matching(name: str, label: Any, pool: Sequence[Slot], used: set[int]) -> int | None:
    for at, slot in enumerate(pool):
        if at in used or name not in ("*", slot.name):
            continue
        if any(_same(slot.name if name == "*" else name, one, slot, name == "*") for one in _alternatives(label)):
            return at
    return None


def _same(name: str, wanted: Any, slot: Slot, free: bool) -> bool:
    if wanted == "*":
        return True
    if wanted is None:
        return False
    if free and str(wanted).isdigit():
        return re.sub(r"\D", "", str(slot.value)) == str(wanted)
    if free or name in FREE:
        words = _words(str(wanted).replace("_", " "))
        return any(
            words and told and (words <= told or told <= words)
            for told in (_words(str(slot.value).replace("_", " ")), _words(slot.said))
        )
    if isinstance(wanted, bool | int | float) and not isinstance(slot.value, str):
        return float(wanted) == float(slot.value)
    return str(wanted).casefold() == str(slot.value).casefold()


def _changes_something(slot: Slot, request: Request, heard: Understanding) -> bool:
    """Whether a slot that nobody labelled changes what is done."""
    intents = set(request.intents)
    if slot.name in LOOSE:
        return False
    if slot.name in STRICT:
        if slot.name in NARROWING and intents & COMPARING:
            return False
        if slot.name == "superlative" and not intents & CHOOSING:
            return False
        on_lines = {str(line.quantity) for line in heard.lines}
        on_lines |= {str(label.get("quantity")) for label in request.lines or ()}
        return not (slot.name == "quantity" and str(slot.value) in on_lines)
    if not intents & SEARCHING:
        return False
    said = _words(slot.said)
    if any(said & _words(str(one)) for one in _alternatives(request.slots.get("exclude", [])) if one):
        return True
    labels = {str(one).casefold() for values in request.slots.values() for one in _alternatives(values)}
    described = "query" not in request.slots or said <= _words(request.slots["query"].replace("?", ""))
    return not (described or str(slot.value).casefold() in labels)


def _query_is_right(label: str, heard: Understanding) -> bool:
    """The describing words, each in the query or in a slot that rests on it; "word?" may be left out.

    In another language than the catalogue's a word may be told by its translation, and a compound by its parts.
    """
    translated = translations(heard.language)
    query = " ".join(str(slot.value) for slot in heard.slots if slot.name == "query")
    told, joined = _words(query), "".join(query.casefold().split())
    elsewhere = _words(" ".join(slot.said for slot in heard.slots if slot.name != "query"))
    values = _words(" ".join(str(slot.value) for slot in heard.slots if slot.name != "query"))
    covered = told | elsewhere | _words(" ".join(line.said for line in heard.lines))
    allowed = elsewhere | values | _words(label.replace("?", ""))
    for word in label.casefold().split():
        plain = word.removesuffix("?")
        others = [_words(other) for other in translated.get(plain, ())]
        allowed |= {part for other in others for part in other}
        allowed |= {part for part in told if len(part) > 2 and part in plain} if plain in joined else set()
        if not (word.endswith("?") or _words(plain) <= covered or plain in joined or any(o <= told for o in others)):
            return False
    return told <= allowed


def _lines(request: Request, heard: Understanding) -> Part:
    if request.lines is None:
        return 0, [], []
    intents, got = set(request.intents), list(heard.lines)
    found, missed, added = 0, list[str](), list[str]()
    for label in request.lines:
        at = next((at for at, line in enumerate(got) if _product_is_right(label, line)), None)
        if at is None:
            absent = label.get("may") or (label.get("product") is None and not intents & MAKING)
            if not absent:
                missed.append(f"line {_titles(label)}, heard {[_top(line) for line in heard.lines]}")
            continue
        line = got.pop(at)
        wrong = _line_faults(label, line, request, heard)
        missed += wrong
        found += not wrong
    if intents & MAKING or (request.lines and not intents & (SEARCHING | FLAT)):
        added += [f"line {line.said!r} ({_top(line)})" for line in got]
    return found, missed, added


def _product_is_right(label: Mapping[str, Any], line: HeardLine) -> bool:
    wanted = label.get("product")
    if wanted is None:
        return _top(line) is None
    return _top(line) in ([wanted] if isinstance(wanted, str) else wanted)


def _line_faults(label: Mapping[str, Any], line: HeardLine, request: Request, heard: Understanding) -> list[str]:
    faults = []
    quantity, unit = _measure(label.get("quantity", 1), label.get("unit"))
    counts = {_measure(line.quantity, line.unit if label.get("unit") else None)}
    if len(request.lines or ()) == 1 and heard.slot("quantity") is not None:
        counts.add((float(str(heard.slot("quantity"))), unit))
    if (quantity, unit) not in counts and not ("quantity" in request.slots and "quantity" not in label):
        faults.append(f"{quantity:g} {unit or ''} of {line.said!r}, heard {line.quantity} {line.unit or ''}")
    wanted = label.get("options", {})
    told = {option.name: _option(option) for option in line.options}
    alone = len(request.lines or ()) == 1
    told |= {s.name: str(s.value) for s in heard.slots if alone and s.name in wanted and s.name not in told}
    if set(request.intents) & FLAT:
        told = {name: value for name, value in told.items() if name in wanted}
    if {k: v.removesuffix("/some") for k, v in wanted.items()} != {k: v.removesuffix("/some") for k, v in told.items()}:
        faults.append(f"{wanted} of {line.said!r}, heard {told}")
    return faults


def _measure(quantity: float, unit: str | None) -> tuple[float, str | None]:
    """In the smaller unit: two litres are 2000 millilitres."""
    large = {"litre": "millilitre", "kilogram": "gram"}
    return (quantity * 1000, large[unit]) if unit in large else (float(quantity), unit)


def _chosen(request: Request, heard: Understanding) -> set[str]:
    """Which of the products listed the answer picks, by its place or by its name."""
    place, listed = heard.slot("ordinal"), request.expects.listed
    by_place = {listed[place - (place > 0)]} if isinstance(place, int) and 0 < abs(place) <= len(listed) else set()
    return by_place | ({str(_top(heard.lines[0]))} & {*listed} if len(heard.lines) == 1 else set())


def _pointed(request: Request, heard: Understanding) -> Understanding:
    """A line for the product being talked about, or for one listed, is as good as "it" or its place."""
    if request.lines or len(heard.lines) != 1:
        return heard
    line, ordinal = heard.lines[0], request.slots.get("ordinal")
    meant = {"reference": request.expects.product_id}
    if isinstance(ordinal, int) and 0 < ordinal <= len(request.expects.listed):
        meant["ordinal"] = request.expects.listed[ordinal - 1]
    for name, product in meant.items():
        if name in request.slots and _top(line) == product is not None:
            told = [Slot(name, next(filter(None, _alternatives(request.slots[name]))), line.said, line.span)]
            told += [Slot("quantity", line.quantity, line.said, line.span)] if line.counted else []
            return replace(heard, lines=(), slots=(*heard.slots, *(s for s in told if heard.slot(s.name) is None)))
    return heard


def _top(line: HeardLine) -> str | None:
    return line.candidates[0].product_id if line.candidates and line.candidates[0].score >= SURE else None


def _option(option: HeardOption) -> str:
    return option.value + (f"/{option.amount}" if option.amount else "")


def _titles(label: Mapping[str, Any]) -> str:
    product = label.get("product")
    return "of nothing the shop has" if product is None else product if isinstance(product, str) else "/".join(product)


def _alternatives(label: Any) -> list[Any]:
    if isinstance(label, dict):
        return list(label["any"])
    return label if isinstance(label, list) else [label]


def _optional(label: Any) -> bool:
    return None in _alternatives(label)


def _named(name: str, pool: Sequence[Slot], used: set[int]) -> bool:
    return name in STRICT and any(slot.name == name for at, slot in enumerate(pool) if at not in used)


def _shown(label: Any) -> str:
    return "|".join(str(one) for one in _alternatives(label))


def _words(text: str) -> set[str]:
    """Content words, endings off."""
    words = set(re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.casefold())) - set(FILLER.split())
    return {re.sub(r"(?<=..)(?:'s|[es])+$", "", word) for word in words}
