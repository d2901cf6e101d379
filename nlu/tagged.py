"""Slots and lines of a request from the parts that the model found in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nlu.captures import Caught, Scene, catch, is_named
from nlu.dates import When, read_dates, read_times
from nlu.lines import SURE, Items, read_items
from nlu.meanings import read_label, read_references
from nlu.numbers import read_ordinals
from nlu.searches import read_search
from nlu.spans import Spanned, mended
from nlu.types import HeardLine, Slot
from nlu.values import ORDERED_BEFORE, Setting, read_value
from nlu.wishes import catalogue_slots

SEARCHES = frozenset({"find_product", "recommend"})
"""Intents whose products are described, not named."""
CHOICES = frozenset({"select_option", "correct"})
"""Intents about what is talked about: their words are choices, values or one of those listed before they are goods."""
WITH_LINES = frozenset(
    [
        "product_details",
        "compare_products",
        "add_to_basket",
        "remove_from_basket",
        "change_quantity",
        "show_basket",
        "reorder",
        "order_history",
        "order_status",
        "change_order",
        "cancel_order",
        "return_item",
        "refund_status",
        "list_add",
        "list_show",
        "list_remove",
        "set_alert",
        "give_feedback",
        "correct",
        "select_option",
    ]
)
ORDERING = frozenset(
    ["add_to_basket", "remove_from_basket", "change_quantity", "reorder", "list_add", "list_remove", "correct"]
)
"""Intents whose lines are carried out: several parts may be one list, and none may be left out."""
POINTING = frozenset({"product_details", "compare_products"})
"""Questions: where they point ("is it waterproof"), their other words name no goods."""
ABOUT_ONE = frozenset({"product_details", "set_alert"})
"""Intents about one product, the first named; what else is named says something about it."""
APPOINTMENTS = frozenset({"book_appointment", "change_appointment", "cancel_appointment"})
OF_ORDERS = ORDERED_BEFORE | {"change_order"}
DATED = APPOINTMENTS | {"order_history", "store_info"}
CHANGED = frozenset({"change_appointment", "change_order"})
"""Intents in which the last day named is the new one: "from Monday to Tuesday" is Tuesday."""
LOOKING_BACK = frozenset({"order_history", "cancel_order"})
"""Intents in which "on Monday" is the last Monday."""
WITHOUT_DAYS = frozenset(
    ["reorder", "order_status", "return_item", "refund_status", "add_to_basket", "remove_from_basket", "list_add"]
)
"""Intents in which a day only tells which order or which goods are meant."""
UNPRICED = frozenset({"product_details", "store_info"})
"""Intents in which an amount is no limit: "does it work at minus ten", "is it free over a hundred"."""
COUNTED = frozenset({"add_to_basket", "reorder", "select_option"})
"""Intents in which a number beside something pointed at is how many: "that one, two of them"."""
SLOTS: Mapping[str, str] = {
    "price": "price_max",
    "number": "order_number",
    "place": "place",
    "date": "date",
    "time": "time",
    "ordinal": "ordinal",
    "quantity": "quantity",
    "reference": "reference",
    "recipient": "recipient",
    "occasion": "occasion",
    "person": "person",
    "service": "service",
    "staff": "staff",
    "reason": "reason",
    "rating": "rating",
    "exclude": "exclude",
}
"""Tag of a part -> slot, where nothing else is known."""
ASKED_SLOTS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "time"),
    "time": ("time", "date"),
    "quantity": ("quantity",),
    "code": ("code",),
    "order": ("order_number", "date"),
    "reason": ("reason",),
    "rating": ("rating",),
    "name": ("person",),
    "address": ("place",),
}
"""What was asked -> the slots that may answer it."""
REPEATED = frozenset({"exclude", "ordinal", "quantity"})
"""Slots of which one text can have several."""
MOST_BEHIND = 2
"""Words behind a name that may say something about it: "the fjord jacket waterproof"."""
NAMED_IN_PART = 0.5
"""Score from which the words before them name something."""
NEAR = 2
"""Words between two parts that still belong to one list of goods."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a request is about."""

    slots: tuple[Slot, ...] = ()
    lines: tuple[HeardLine, ...] = ()
    named: bool = False
    """Whether it names goods, known to the catalogue or not."""


def read_content(intent: str, parts: Sequence[Spanned], scene: Scene) -> Content:
    """Slots and lines of a request with this intent."""
    setting = Setting(scene.linked, scene.currency, scene.expects.today, intent in LOOKING_BACK)
    parts = mended(parts, scene.linked, counting=intent == "change_quantity")
    named = any(part.tag == "item" for part in parts)
    if intent == "give_value":
        return Content(tuple(unique(_answers(parts, setting, scene))))
    if intent in SEARCHES:
        lines = _goods(intent, parts, scene)[1] if intent == "recommend" else ()
        lines = tuple(line for line in lines if _is_sure(line) and is_named(scene, line))
        return Content(tuple(unique([*read_search(parts, setting), *_values(intent, parts, setting)])), lines, named)
    if intent in POINTING and any(part.tag in ("reference", "ordinal") for part in parts):
        lines = tuple(line for line in _goods(intent, parts, scene)[1] if _is_sure(line))
        pointed = any(part.tag == "reference" for part in parts)
        return Content(tuple(unique(_values(intent, parts, setting))), () if pointed else lines, named)
    slots, lines = _goods(intent, parts, scene) if intent in WITH_LINES else ((), ())
    each = len(lines) > 1 and all(_is_sure(line) and (line.counted or line.options) for line in lines)
    chosen = _chosen(parts, scene) if intent in CHOICES and not each else None
    if chosen:
        beside = (value for value in _values(intent, parts, setting) if not is_part(value, chosen.slots))
        return Content(tuple(unique([*chosen.slots, *beside])), chosen.lines, named)
    values = list(_values(intent, parts, setting))
    if each:  # "the tea three and the coffee one": every line has its own
        values = [value for value in values if value.name not in ("quantity", "unit")]
    if intent == "product_details" and lines:
        values += _asked_of(lines[0], scene)
        slots = ()  # a number is a size here, never how many
    return Content(tuple(unique([*slots, *(_new_day(values, setting) if intent in CHANGED else values)])), lines, named)


def is_part(value: Slot, chosen: Sequence[Slot]) -> bool:
    """Whether a number is a part of a choice's words: the size "forty two" is not two pieces, nor two o'clock."""
    first, last = value.span
    choices = (one.span for one in chosen if one.name not in ("query", value.name))
    return value.name in ("quantity", "time") and any(a <= first and last <= b and a < b for a, b in choices)


def _asked_of(line: HeardLine, scene: Scene) -> Iterator[Slot]:
    """What is asked of a product: a quality, or a choice of an option that it has ("does it come in blue")."""
    linked = scene.linked
    product_id = line.candidates[0].product_id if line.candidates else ""
    options = {name for (name, _), offered in linked.index.offers.items() if product_id in offered}
    heard = linked.heard
    places = [(mention, heard.span(mention.first, mention.last)) for mention in linked.mentions]
    named = [span for mention, span in places if mention.of("product") and span[1] <= line.span[1]]
    behind = named[-1][1] if named else line.span[1]
    for mention, span in places:
        at_the_end = line.span[0] < span[0] and span[1] >= line.span[1] and not mention.of("product")
        if span[0] < behind and not at_the_end:
            continue
        said = heard.said(mention.first, mention.last)
        choices = [*mention.options_of((product_id,)), *mention.of("option")]
        yield from (Slot(one.key, one.value, said, span) for one in choices if one.key in options)
        qualities = [one for one in mention.of("attribute") if one.value == "true"]
        yield from (Slot(one.key, True, said, span) for one in qualities)


def _new_day(slots: Sequence[Slot], setting: Setting) -> Iterator[Slot]:
    """The slots with the last of several days, and with the end of a stretch of days."""
    days = sorted((slot for slot in slots if slot.name == "date"), key=lambda slot: slot.span)
    if not days and setting.today:
        heard, when = setting.linked.heard, When(setting.today)
        days = list(read_dates(heard, range(len(heard.words)), setting.linked.language, when).slots)
        slots = [*slots, *days]
    for slot in slots:
        if slot.name != "date":
            yield slot
        elif slot is days[-1]:
            yield replace(slot, value=str(slot.value).rsplit("/", 1)[-1])


def _values(intent: str, parts: Sequence[Spanned], setting: Setting) -> Iterator[Slot]:
    """Slots of the tagged parts, and of the whole text where a table finds them as surely."""
    for part in parts:
        name = SLOTS.get(part.tag)
        if name is None or name in _unsaid(intent):
            continue
        if name == "rating" and intent in SEARCHES:
            name = "rating_min"
        yield from read_value(name, part.words, setting)
    yield from _everywhere(intent, parts, setting)
    if intent == "change_order":
        for part in parts:
            found = catalogue_slots(setting.linked, part.words) if part.tag == "item" else ()
            yield from (slot for slot in found if slot.name not in ("category", "brand"))


def _everywhere(intent: str, parts: Sequence[Spanned], setting: Setting) -> Iterator[Slot]:
    """Slots that a table finds in the whole text as surely as in a part."""
    every = range(len(setting.linked.heard.words))
    if intent in OF_ORDERS:
        yield from read_value("order_number", every, setting)
    heard, language, tags = setting.linked.heard, setting.linked.language, {part.tag for part in parts}
    if intent in DATED and setting.today and not tags & {"date", "old"}:
        yield from read_dates(heard, every, language, When(setting.today, setting.past)).slots
    if intent in APPOINTMENTS and "time" not in tags:
        yield from read_times(heard, every, language).slots[:1]
    if intent == "compare_products" and read_ordinals([word.norm for word in heard.words], language.numbers):
        yield from read_value("ordinal", every, setting)
    elif intent in ("compare_products", "reorder"):
        yield from read_references(heard, every, language, pronouns=intent != "reorder").slots
    if intent in COUNTED and tags & {"reference", "ordinal"} and "quantity" not in tags:
        taken = {at for part in parts for at in part.words}
        yield from read_value("quantity", _last_stretch(sorted(set(every) - taken)), setting)
    labels = {"store_info": "topic", "set_alert": "alert", "return_item": "reason", "cancel_order": "reason"}
    if intent in labels:
        yield from read_label(labels[intent], setting.linked.heard, every, setting.linked.language).slots


def _last_stretch(places: Sequence[int]) -> range:
    """The last unbroken stretch of these words, in order."""
    first = len(places) - 1
    while first > 0 and places[first - 1] == places[first] - 1:
        first -= 1
    return range(places[first], places[-1] + 1) if places else range(0)


def _unsaid(intent: str) -> frozenset[str]:
    """Slots that tagged words are not in a request of this intent."""
    return frozenset(
        ({"exclude"} if intent in WITH_LINES or intent in SEARCHES else set())
        | ({"date"} if intent in WITHOUT_DAYS else set())
        | ({"ordinal"} if intent in OF_ORDERS else set())
        | ({"price_max"} if intent in UNPRICED else set())
    )


def _answers(parts: Sequence[Spanned], setting: Setting, scene: Scene) -> Iterator[Slot]:
    """The value asked for, from the part that is one, else from the whole text."""
    every = range(len(setting.linked.heard.words))
    asked = ASKED_SLOTS.get(scene.expects.asked, ())
    for name in asked:
        if name == "reason":
            yield from read_value(name, every, setting)
        tagged = [
            part.words for part in parts if SLOTS.get(part.tag) == name or (name == "code" and part.tag == "number")
        ]
        for words in tagged or ([every] if name == asked[0] else []):
            yield from read_value(name, words, setting)
    if not asked:
        yield from _values("give_value", parts, setting)
        for part in parts:
            if part.tag == "item":
                yield from catalogue_slots(setting.linked, part.words)


def _chosen(parts: Sequence[Spanned], scene: Scene) -> Caught | None:
    """A choice of the option asked for, one of those listed, or what changes the product talked about."""
    words = [part.words for part in parts if part.tag in ("item", "exclude", "ordinal", "quantity")]
    meant = [one for one in words if not _denied(one, scene)]
    words = meant or words
    if not words:
        return None
    first, last = words[0].start, words[-1].stop
    kinds = {
        "option": ("choice",),
        "choose": ("ordinal", "listed", "position", "pick"),
        "confirm": ("pick", "count"),
    }.get(scene.expects.asked, ("pick", "count"))
    for kind in kinds:
        for a, b in ((first, last), *((one.start, one.stop) for one in words if len(words) > 1)):
            caught = catch(kind, scene, a, b)
            if caught:
                return caught
    return None


def _denied(words: range, scene: Scene) -> bool:
    """Whether "not" stands before these words; a "no" at the beginning answers and denies nothing after it."""
    heard, said = scene.linked.heard.words, scene.linked.language.words
    before = words.start - 1
    while before > 0 and heard[before].norm in said["pointing"]:
        before -= 1
    return heard[before].norm in said["negations"] and (before > 0 or words.start > 1) if before >= 0 else False


def _goods(intent: str, parts: Sequence[Spanned], scene: Scene) -> tuple[tuple[Slot, ...], tuple[HeardLine, ...]]:
    """Lines of the goods named, and what belongs to no line."""
    slots: list[Slot] = []
    lines: list[HeardLine] = []
    heard = scene.linked.heard
    for words in _lists(parts, scene, NEAR if intent in ORDERING else 0):
        items = _items(words, scene)
        lines += items.lines
        said, span = heard.said(words.start, words.stop), heard.span(words.start, words.stop)
        slots += [Slot("quantity", items.quantity, said, span)] if items.quantity is not None else []
        slots += [
            Slot("not_offered", heard.said(first, last), heard.said(first, last), heard.span(first, last))
            for first, last in items.not_offered
        ]
    lines = [line for line in lines if line.candidates or not _is_plain(line, scene)]
    if intent == "reorder" and any(part.tag == "reference" for part in parts):
        lines = [line for line in lines if line.candidates]  # "the usual but two of them"
    known = [line for line in lines if line.candidates]
    if intent in ABOUT_ONE:
        return tuple(slots), tuple(lines[:1])
    return tuple(slots), tuple(known if known and intent not in ORDERING else lines)


def _is_sure(line: HeardLine) -> bool:
    return bool(line.candidates) and line.candidates[0].score >= SURE


def _is_plain(line: HeardLine, scene: Scene) -> bool:
    """Whether a line has only words of the language's own tables: "the ones", "only"; they name nothing."""
    heard, known = scene.linked.heard, scene.linked.language.known
    return all(word.norm in known for word in heard.words if line.span[0] <= word.start < line.span[1])


def _items(words: range, scene: Scene) -> Items:
    """The goods named in `words`; a name within them where the words as a whole are none."""
    items = read_items(scene.linked, words.start, words.stop)
    if any(line.candidates for line in items.lines):
        return items
    for mention in scene.linked.within(words.start, words.stop):
        named = (
            read_items(scene.linked, mention.first, mention.last) if mention.of("product") else Items((), frozenset())
        )
        if named.score >= SURE:
            return named
    for last in range(words.stop - 1, max(words.start, words.stop - MOST_BEHIND - 1), -1):
        shorter = read_items(scene.linked, words.start, last)
        if shorter.score >= NAMED_IN_PART:
            return shorter
    caught = catch("goods", scene, words.start, words.stop)
    return Items(caught.lines, frozenset(words)) if caught and caught.lines and not items.lines else items


def _lists(parts: Sequence[Spanned], scene: Scene, near: int) -> Iterator[range]:
    """Stretches of words that name goods: parts at most `near` words apart are one list; numbers before are its."""
    heard, language = scene.linked.heard, scene.linked.language
    lists: list[range] = []
    for part in parts:
        if part.tag not in ("item", "exclude"):
            continue
        gap = part.words.start - lists[-1].stop if lists else 0
        if lists and near and gap <= near and not _taken_back(parts, lists[-1].stop, part.words.start):
            lists[-1] = range(lists[-1].start, part.words.stop)
        elif part.tag == "item":
            lists.append(part.words)
    if not lists:
        pointed = [part.words for part in parts if part.tag in ("reference", "quantity")]
        if scene.expects.product_id:
            lists = [range(pointed[0].start, pointed[-1].stop) if pointed else range(len(heard.words))]
    for words in lists:
        first = words.start
        while first and (
            heard.words[first - 1].norm in language.words["articles"] or heard.words[first - 1].stem.isdigit()
        ):
            first -= 1
        yield range(first, _counted_behind(words.stop, parts, scene))


def _counted_behind(last: int, parts: Sequence[Spanned], scene: Scene) -> int:
    """Where goods end whose number and unit stand behind them: "bagels, two packs"."""
    words = scene.linked.heard.words
    taken = any(last in part.words and part.tag == "item" for part in parts)
    counted = last + 1 < len(words) and words[last].stem.isdecimal() and not taken
    units, joining = scene.linked.language.words["units"], scene.linked.language.words["and"]
    at_end = counted and (last + 2 == len(words) or words[last + 1].pause or words[last + 2].norm in joining)
    return last + 2 if at_end and words[last + 1].norm in units else last


def _taken_back(parts: Sequence[Spanned], first: int, last: int) -> bool:
    return any(part.tag == "old" and first <= part.words.start < last for part in parts)


def unique(slots: Iterable[Slot]) -> Iterator[Slot]:
    """The first slot of each name; every thing not wanted."""
    seen: set[tuple[str, object]] = set()
    for slot in slots:
        key = (slot.name, slot.value if slot.name in REPEATED else None)
        if key not in seen:
            seen.add(key)
            yield slot
