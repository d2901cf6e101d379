"""What the words caught by a template mean, by kind of capture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nlu.dates import When, read_dates, read_times
from nlu.lines import SURE, Items, read_items
from nlu.linking import Linked, is_strange
from nlu.numbers import read_number, read_order_number, read_ordinal
from nlu.quantities import read_money
from nlu.types import Candidate, Expectation, HeardLine, Slot, SlotValue
from nlu.wishes import read_wish

MOST_FREE_WORDS = 4
"""A free description of more unknown words is no search."""
PART_OF_A_CHOICE = 0.9
"""How sure a choice is of which one word was said."""
UNKNOWN_GOODS = 0.45
"""How surely an order of something that is not in the catalogue was meant."""
SURE_AMONG_STRANGERS = 0.98
"""Below this a name was misheard or said in part; among strange words it then counts less, by MISHEARD."""
MISHEARD = 0.8
UNEXPLAINED = 0.4
"""Strange words in an order make it doubtful: each costs this much beyond not counting."""
IGNORABLE = ("glue", "articles", "things")
"""Lists of words that mean nothing beside a choice."""
HALF = 0.5
"""A word that is only a free description counts half."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a capture is read against."""

    linked: Linked
    currency: str
    expects: Expectation


@dataclass(frozen=True, slots=True)
class Caught:
    """The meaning of one capture."""

    explained: float
    """Words accounted for; a free description counts half."""
    slots: tuple[Slot, ...] = ()
    lines: tuple[HeardLine, ...] = ()
    quality: float = 1.0
    """0..1, how surely the words name what they are taken for."""
    penalty: float = 0.0
    """What each word that is not accounted for costs besides."""
    forgiven: int = 0
    """Words not accounted for that cost nothing besides."""


def catch(kind: str, scene: Scene, first: int, last: int) -> Caught | None:
    """Read words [first, last) as a capture of `kind`; None where they cannot be that."""
    return _CATCHERS[kind](scene, first, last)


def _any(_scene: Scene, first: int, last: int) -> Caught:
    # Slightly less than the words themselves, so that a reading which understands them wins.
    return Caught(0.9 * (last - first))


def _items(scene: Scene, first: int, last: int) -> Caught | None:
    """Named products only: "a jacket" is a wish, "two lattes" an order."""
    if scene.expects.product_id is None and not _names_any(scene.linked, first, last):
        return None
    items = _read_items(scene, first, last)
    unexplained = [at for at in range(first, last) if at not in items.explained]
    strange = _norms_at(scene, unexplained)
    if not items.lines or not all(is_named(scene, line) for line in items.lines) or _asks(scene, strange):
        return None
    if any(norm in scene.linked.language.words["not_goods"] for norm in strange):
        return None
    return _caught(scene, items, len(unexplained), _misheard_verb(scene, first, unexplained))


def _names_any(linked: Linked, first: int, last: int) -> bool:
    """Whether a word stands in the name of a product: without one none is named, whatever else the words may mean."""
    known = linked.index.products.by_stem
    mentioned = any(mention.of("product") for mention in linked.within(first, last))
    return mentioned or any(stem in known for stem in linked.stems[first:last])


def _counted(scene: Scene, first: int, last: int) -> Caught | None:
    """Named products with a quantity, an article or choices: enough to be an order without a verb."""
    caught = _items(scene, first, last)
    if caught is None:
        return None
    words, language = scene.linked.heard.words, scene.linked.language
    counted = words[first].norm in language.words["articles"] or any(
        line.options or line.quantity > 1 for line in caught.lines
    )
    counted = counted or len(caught.lines) > 1
    asked = scene.expects.asked == "anything_else" or read_number([words[first].norm], 0, language.numbers)
    begun = is_strange(words[first], scene.linked) and caught.quality >= SURE
    return caught if counted or asked or begun else None


def _goods(scene: Scene, first: int, last: int) -> Caught | None:
    """Products, also such as the shop may not have: the words around make it an order."""
    items = _read_items(scene, first, last)
    words = [word.norm for word in scene.linked.heard.words[first:last]]
    if any(word in scene.linked.language.words["not_goods"] for word in words) and items.score < SURE:
        return None
    if not items.lines and not items.pointed:
        return None
    if not any(line.candidates for line in items.lines) and items.lines:
        # "order a pizza" where there is none: an order all the same, but one that the shop cannot take.
        strange = last - first - len(items.explained)
        return Caught(last - first, (), items.lines, UNKNOWN_GOODS) if strange <= MOST_FREE_WORDS else None
    return _caught(scene, items, last - first - len(items.explained))


def _read_items(scene: Scene, first: int, last: int) -> Items:
    """Items, with "two" or "it" meaning the product that is being talked about."""
    linked, about = scene.linked, scene.expects.product_id
    items = read_items(linked, first, last)
    pointing = set(linked.language.words["pointing"])
    rest = [at for at in range(first, last) if at not in items.explained]
    points = all(linked.heard.words[at].norm in pointing for at in rest)
    pointed = any(word.norm in pointing for word in linked.heard.words[first:last])
    if items.lines and any(line.candidates for line in items.lines):
        return items
    if not points or (not pointed and items.quantity is None):
        return items
    lines: tuple[HeardLine, ...] = ()
    if about:
        quantity = items.quantity or 1
        said, span = linked.heard.said(first, last), linked.heard.span(first, last)
        lines = (HeardLine(said, span, (Candidate(about, 1.0),), quantity),)
    return Items(lines, frozenset(range(first, last)), items.quantity, pointed=True)


def is_named(scene: Scene, line: HeardLine) -> bool:
    """Whether the words name a product, not a kind of product: at most two products fit about equally well."""
    linked = scene.linked
    for mention in linked.mentions:
        kind = mention.of("category") and not mention.of("product")
        if kind and linked.heard.span(mention.first, mention.last) == line.span:
            return False
    if not line.candidates or line.candidates[0].score < 0.75:
        return False
    best = line.candidates[0].score
    return sum(candidate.score >= best - 0.05 for candidate in line.candidates) <= 2


def _misheard_verb(scene: Scene, first: int, unexplained: Sequence[int]) -> int:
    """How many words at the beginning are strange: a misheard verb ("brew a ..."), which casts little doubt."""
    leading = 0
    while leading < 2 and first + leading in unexplained:
        if not is_strange(scene.linked.heard.words[first + leading], scene.linked):
            break
        leading += 1
    return leading


def _caught(scene: Scene, items: Items, unexplained: int, forgiven: int = 0) -> Caught:
    """`forgiven` words are not accounted for, but cast no further doubt."""
    heard = scene.linked.heard
    slots = tuple(
        Slot("not_offered", heard.said(first, last), heard.said(first, last), heard.span(first, last))
        for first, last in items.not_offered
    )
    if items.quantity is not None:
        slots = (Slot("quantity", items.quantity, "", (0, 0)), *slots)
    quality = min((line.candidates[0].score if line.candidates else 0.3 for line in items.lines), default=1.0)
    if quality < SURE_AMONG_STRANGERS and unexplained > forgiven:
        quality *= MISHEARD
    return Caught(len(items.explained), slots, items.lines, quality, UNEXPLAINED, forgiven)


def _wish(scene: Scene, first: int, last: int) -> Caught | None:
    """Something to look for; the words around make it a search, so it need not be in the catalogue."""
    wish = read_wish(scene.linked, first, last, scene.currency)
    strangers = any(word in scene.linked.language.words["not_goods"] for word in _before_purpose(scene, first, last))
    if not wish.slots or wish.free > MOST_FREE_WORDS or (strangers and not wish.known):
        return None
    quality = wish.quality if wish.known else 0.55
    return Caught(len(wish.explained & set(range(first, last))) + HALF * wish.free, wish.slots, (), quality)


def _asks(scene: Scene, norms: Sequence[str]) -> bool:
    """Whether these words belong to a question or a remark rather than to a description of goods."""
    table = scene.linked.language.words
    return bool(norms) and (norms[0] in table["openers"] or any(norm in table["questions"] for norm in norms))


def _catalogue(scene: Scene, first: int, last: int) -> Caught | None:
    """The same without a word of asking: most of it must be known."""
    wish = read_wish(scene.linked, first, last, scene.currency)
    return _known(scene, first, last) if wish.named > wish.free else None


def _before_purpose(scene: Scene, first: int, last: int) -> list[str]:
    """The words up to "for" ("for my sister"): those behind it need not describe goods."""
    words, purpose = _norms(scene, first, last), scene.linked.language.words["purpose"]
    return words[: next((at for at, word in enumerate(words) if at and word in purpose), len(words))]


def _known(scene: Scene, first: int, last: int) -> Caught | None:
    """Something to look for that the catalogue knows, mostly."""
    wish = read_wish(scene.linked, first, last, scene.currency)
    if not wish.known or wish.named < wish.free or _asks(scene, _before_purpose(scene, first, last)):
        return None
    return _wish(scene, first, last)


def _number(scene: Scene, first: int, last: int) -> Caught | None:
    read = read_number(_norms(scene, first, last), 0, scene.linked.language.numbers)
    if read is None or not 1 <= read[0] <= 999 or first + read[1] != last:
        return None
    return _slot_caught(scene, "quantity", int(read[0]), first, last)


def _count(scene: Scene, first: int, last: int) -> Caught | None:
    """A bare quantity: "two", "two bags", "three of them"."""
    items = read_items(scene.linked, first, last)
    pointing = scene.linked.language.words["pointing"]
    rest = [at for at in range(first, last) if at not in items.explained]
    if items.lines or items.quantity is None or not all(n in pointing for n in _norms_at(scene, rest)):
        return None
    return _slot_caught(scene, "quantity", items.quantity, first, last)


def _ordinal(scene: Scene, first: int, last: int) -> Caught | None:
    position = read_ordinal(_norms(scene, first, last), scene.linked.language.numbers)
    return None if position is None else _slot_caught(scene, "ordinal", position, first, last)


def _order(scene: Scene, first: int, last: int) -> Caught | None:
    number = read_order_number(_norms(scene, first, last), scene.linked.language.numbers)
    return None if number is None else _slot_caught(scene, "order_number", number, first, last)


def _money(scene: Scene, first: int, last: int) -> Caught | None:
    minor = read_money(_norms(scene, first, last), scene.currency, scene.linked.language)
    return None if minor is None else _slot_caught(scene, "price_max", minor, first, last)


def _choice(scene: Scene, first: int, last: int) -> Caught | None:
    """A choice of the option that was asked for."""
    expects, linked = scene.expects, scene.linked
    for mention in linked.within(first, last):
        terms = [term for term in mention.of("option") if term.key == expects.option]
        if expects.product_id:
            terms = [term for term in terms if expects.product_id in term.product_ids] or terms
        if terms:
            found = _slot_caught(scene, terms[0].key, terms[0].value, mention.first, mention.last)
            return Caught(mention.last - mention.first + _ignorable(scene, first, last), found.slots, (), mention.score)
    return _part_of_a_choice(scene, first, last)


def _part_of_a_choice(scene: Scene, first: int, last: int) -> Caught | None:
    """One word of the only choice that has it: "soy" where the milk is asked for and there is soy milk."""
    expects, linked = scene.expects, scene.linked
    choices = [
        value
        for (name, value), offered in linked.index.offers.items()
        if name == expects.option and (expects.product_id is None or expects.product_id in offered)
    ]
    for at in range(first, last):
        word = linked.heard.words[at]
        meant = [value for value in choices if word.norm in value.lower().split()]
        if len(meant) == 1 and expects.option:
            found = _slot_caught(scene, expects.option, meant[0], at, at + 1)
            return Caught(1 + _ignorable(scene, first, last), found.slots, (), PART_OF_A_CHOICE)
    return None


def _position(scene: Scene, first: int, last: int) -> Caught | None:
    read = read_number(_norms(scene, first, last), 0, scene.linked.language.numbers)
    if read is None or not 1 <= read[0] <= len(scene.expects.listed) or first + read[1] != last:
        return None
    return _slot_caught(scene, "ordinal", int(read[0]), first, last)


def _pick(scene: Scene, first: int, last: int) -> Caught | None:
    """What tells one of the listed from the others, or changes what is talked about: "red", "cheaper", "oat milk"."""
    linked, expects = scene.linked, scene.expects
    about = (expects.product_id,) if expects.product_id else expects.listed
    mentions = linked.within(first, last)
    offered = [(mention, mention.options_of(about)) for mention in mentions]
    if mentions and all(terms for _, terms in offered):
        caught = [_slot_caught(scene, terms[0].key, terms[0].value, m.first, m.last) for m, terms in offered]
        places = sum(mention.last - mention.first for mention in mentions) + _ignorable(scene, first, last)
        return Caught(places, tuple(slot for one in caught for slot in one.slots))
    wish = read_wish(scene.linked, first, last, scene.currency)
    slots = tuple(slot for slot in wish.slots if slot.name != "query")
    if wish.free or (not expects.listed and all(slot.name == "category" for slot in slots)):
        return None
    return Caught(len(wish.explained & set(range(first, last))), slots)


def _listed(scene: Scene, first: int, last: int) -> Caught | None:
    """A product among those listed, by its name or a part of it."""
    listed = scene.expects.listed
    items = read_items(scene.linked, first, last)
    if not listed or len(items.lines) != 1:
        return None
    line = items.lines[0]
    fitting = [candidate for candidate in line.candidates if candidate.product_id in listed]
    if not fitting or (len(fitting) > 1 and fitting[1].score >= fitting[0].score - 0.05):
        return None
    best = fitting[0]
    slot = Slot("ordinal", listed.index(best.product_id) + 1, line.said, line.span)
    chosen = HeardLine(line.said, line.span, (best,), line.quantity, line.options)
    return Caught(len(items.explained), (slot,), (chosen,), max(best.score, 0.6))


def _date(scene: Scene, first: int, last: int) -> Caught | None:
    """A day, where the conversation knows today's."""
    linked, today = scene.linked, scene.expects.today
    if today is None:
        return None
    found = read_dates(linked.heard, range(first, last), linked.language, When(today, asked=True))
    return Caught(len(found.used), found.slots) if found.slots else None


def _time(scene: Scene, first: int, last: int) -> Caught | None:
    found = read_times(scene.linked.heard, range(first, last), scene.linked.language, asked=True)
    return Caught(len(found.used), found.slots[:1]) if found.slots else None


def _code(scene: Scene, first: int, last: int) -> Caught | None:
    digits = read_order_number(_norms(scene, first, last), scene.linked.language.numbers)
    return None if digits is None else _slot_caught(scene, "code", digits, first, last)


def _norms(scene: Scene, first: int, last: int) -> list[str]:
    return [word.norm for word in scene.linked.heard.words[first:last]]


def _norms_at(scene: Scene, places: Sequence[int]) -> list[str]:
    return [scene.linked.heard.words[at].norm for at in places]


def _ignorable(scene: Scene, first: int, last: int) -> int:
    ignored = scene.linked.language.any_of(*IGNORABLE)
    return sum(norm in ignored for norm in _norms(scene, first, last))


def named_lightly(linked: Linked, first: int, last: int) -> int:
    """How many words of the names within [first, last) are ignorable by themselves: "bit of milk" has one."""
    named = {at for mention in linked.within(first, last) for at in range(mention.first, mention.last)}
    ignored = linked.language.any_of(*IGNORABLE)
    return sum(linked.heard.words[at].norm in ignored for at in named)


def _slot_caught(scene: Scene, name: str, value: SlotValue, first: int, last: int) -> Caught:
    heard = scene.linked.heard
    return Caught(last - first, (Slot(name, value, heard.said(first, last), heard.span(first, last)),))


_CATCHERS: Mapping[str, Callable[[Scene, int, int], Caught | None]] = {
    "any": _any,
    "items": _items,
    "counted": _counted,
    "goods": _goods,
    "wish": _wish,
    "known": _known,
    "catalogue": _catalogue,
    "count": _count,
    "number": _number,
    "position": _position,
    "ordinal": _ordinal,
    "order": _order,
    "money": _money,
    "choice": _choice,
    "pick": _pick,
    "listed": _listed,
    "date": _date,
    "time": _time,
    "code": _code,
}
