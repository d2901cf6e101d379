"""Text to meaning: what the model hears in it, in the catalogue's terms."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from nlu.captures import UNKNOWN_GOODS, Scene, is_named
from nlu.dates import When, read_dates, read_times
from nlu.grammar import WANTS, Reading, answer_first, negated, read_whole, taken_off
from nlu.heard import Heard, listen
from nlu.language import Language, load_language
from nlu.linking import link
from nlu.meanings import load_meanings
from nlu.model import load_model
from nlu.remarks import blanked, prepare_remarks, read_remarks
from nlu.sentiment import read_haste, read_sentiment
from nlu.spans import Spanned, spanned
from nlu.tagged import CHOICES, Content, is_part, read_content, unique
from nlu.types import INTENTS, Expectation, HeardLine, Slot, Understanding
from nlu.vocabulary import Vocabulary

NOTHING_EXPECTED = Expectation()
THINGS = frozenset({"avoid", "like", "dislike"})
"""Slots of remarks that name things."""
REMARKED = 0.95
"""How sure a remark about oneself is that accounts for every word."""
WHOLE = 0.9
"""A reading by template from here on accounts for every word."""
UNSURE_YES = 0.45
"""A yes that no template knows does not release an order; it is asked again."""
POSSIBLE = 0.1
"""What the model must give an intent that a template reads."""

GOODS = frozenset({"item", "quantity", "exclude", "ordinal"})
"""Parts that make a yes more than a yes."""
DOUBTED = 0.59
"""A search for something the catalogue does not know, and an order with words left over, are no surer than this."""
LONGEST_YES = 11
"""Words; what is longer says more than yes."""
GOES_ON_AS = 0.25
"""A yes that is as likely as this something else is that."""
NEARER = frozenset({"correct", "change_quantity", "product_details", "recommend"})
"""Intents that the templates of others take for theirs."""
MAY_BE = 0.03
"""How likely a search must be where goods are wanted that no product is named after."""
BY_NAME = 0.9
"""Score of a candidate whose name was said: after "anything else?" that is put in without being looked for."""
ORDERS = frozenset({"add_to_basket", "reorder"})
ORDERED = 0.6
"""A template's order of named products from here on is one, however strange its words: they were misheard."""
BY_TEMPLATE = frozenset({"add_to_basket", "reorder", "find_product", "select_option"})
"""Intents whose lines templates read well."""
STEERING = frozenset({"affirm", "deny", "cancel", "stop", "repeat", "help"})
VALUES = frozenset({"code", "reason", "date", "time", "address", "name", "rating", "quantity", "order"})
"""Questions for a value, to which a plain word of STEERING is none."""
BESIDE = frozenset(
    {"reference", "recipient", "date", "time", "reason", "exclude", "quantity", "rating", "order_number"}
)
"""Slots that stand beside lines and choices."""


def prepare(language: str) -> None:
    """Read and compile now what the first texts of this language would wait for, a fifth of a second in all."""
    pack = load_language(language)
    pack.shortlist.prepare()
    pack.constraints.prepare()
    prepare_remarks(pack)
    heard, every = listen("hello", pack), range(1)
    read_dates(heard, every, pack, When(date.min, asked=True))
    read_times(heard, every, pack, asked=True)
    load_meanings(language)
    load_model()


def parse(
    text: str, vocabulary: Vocabulary, expects: Expectation = NOTHING_EXPECTED, language: str = "en"
) -> Understanding:
    """What `text` means to the shop whose names are in `vocabulary`, given what the conversation `expects`.

    Any text is understood or `out_of_scope`; nothing raises but a language without a folder (ValueError).
    Confidence is below 0.5 where the reading is a guess.
    """
    pack = load_language(language)
    heard = listen(text, pack)
    if not heard.words or heard.cut or _of_another_script(heard):
        return Understanding(text, "out_of_scope", 0.9 if heard.cut else 1.0, language)
    remarks = read_remarks(heard, pack)
    if not remarks:
        return _parsed(text, heard, vocabulary, expects, pack)
    slots = tuple(_as_sold(slot, vocabulary, pack) for remark in remarks for slot in remark.slots)
    rest = blanked(text, heard, remarks)
    if not rest and expects.asked != "option":  # "I wear size 42" is an answer, too
        feeling = (*read_sentiment(heard, pack), read_haste(heard, pack))
        return Understanding(text, remarks[0].intent, REMARKED, language, slots, (), *feeling)
    asked = _parsed(rest or text, listen(rest or text, pack), vocabulary, expects, pack)
    return replace(asked, text=text, slots=(*asked.slots, *slots))


def _as_sold(slot: Slot, vocabulary: Vocabulary, pack: Language) -> Slot:
    """A thing that a remark names in the catalogue's word for it: who avoids "nötter" is to be spared nuts."""
    if slot.name not in THINGS:
        return slot
    index = vocabulary.index(pack)
    return replace(slot, value=" ".join(index.own_word(word, pack) for word in str(slot.value).split()))


def _parsed(text: str, heard: Heard, vocabulary: Vocabulary, expects: Expectation, pack: Language) -> Understanding:
    """What is asked for with these words."""
    scene = Scene(link(heard, vocabulary.index(pack), pack), vocabulary.currency, expects)
    guess = load_model().read(text, expects.asked)
    odds = {intent: float(share) for intent, share in zip(INTENTS, guess.intents, strict=True)}
    reading = read_whole(scene)
    parts = spanned(guess.parts, heard)
    intent, confidence = _intent(odds, reading, parts, scene)
    if intent in WANTS:
        intent = _wanted(intent, odds, parts, scene)
    content = _content(intent, parts, reading, scene)
    intent, confidence = _weighed(intent, confidence, content, reading)
    slots, lines = content.slots, content.lines
    feeling = (*read_sentiment(heard, pack), read_haste(heard, pack))
    return Understanding(text, intent, round(confidence, 3), pack.code, slots, lines, *feeling)


def _intent(
    odds: Mapping[str, float], reading: Reading | None, parts: tuple[Spanned, ...], scene: Scene
) -> tuple[str, float]:
    """The intent and how sure it is: a template that accounts for every word, else the likeliest that is safe."""
    ranked = sorted(odds, key=lambda intent: -odds[intent])
    best, whole = ranked[0], reading if reading and reading.score >= WHOLE else None
    if whole and whole.intent in STEERING and scene.expects.asked in VALUES:
        return whole.intent, min(whole.score, 1.0)
    asks_only = whole is not None and (whole.intent, best) == ("store_info", "checkout")  # "how can I pay" pays nothing
    likely = whole is not None and (asks_only or odds[whole.intent] >= POSSIBLE)
    if whole and whole.intent != "out_of_scope" and likely and best not in NEARER:
        best = whole.intent
    if best == "out_of_scope" and reading and reading.intent in ORDERS and reading.lines and reading.score >= ORDERED:
        return reading.intent, reading.score
    if best == "affirm" and negated(scene):
        return "deny", 0.5
    if best == "affirm" and not (whole and whole.intent == "affirm"):
        further = next(intent for intent in ranked if intent not in ("affirm", "deny"))
        if len(scene.linked.heard.words) > LONGEST_YES:
            return "out_of_scope", 0.5
        if odds[further] >= GOES_ON_AS or any(part.tag in GOODS for part in parts):
            return further, max(odds[further], UNSURE_YES)
        return best, min(odds[best], UNSURE_YES) if scene.expects.asked == "confirm" else odds[best]
    if best in WANTS and taken_off(scene):
        return "out_of_scope", 0.5
    return best, max(odds[best], min(whole.score, 1.0) if whole and whole.intent == best else 0.0)


def _of_another_script(heard: Heard) -> bool:
    """Whether most letters are of a script that no language pack is written in."""
    if heard.line.isascii():
        return False
    letters = [character for word in heard.words for character in word.norm if character.isalpha()]
    latin = sum(unicodedata.name(character, "").startswith("LATIN") for character in letters)
    return 2 * latin < len(letters)


def _wanted(intent: str, odds: Mapping[str, float], parts: tuple[Spanned, ...], scene: Scene) -> str:
    """ "I need two cartons of milk" orders, "I need a jacket" looks for one: where both are likely, names decide."""
    described = any(part.tag in ("price", "exclude", "rating", "recipient", "occasion") for part in parts)
    may_add = odds["add_to_basket"] >= MAY_BE
    likely = may_add or scene.expects.asked == "anything_else"
    if intent == "find_product" and (described or not likely):
        return intent
    lines = read_content("add_to_basket", parts, scene).lines
    named = bool(lines) and all(is_named(scene, line) for line in lines)
    if intent == "find_product":
        sure = named and (may_add or all(line.candidates[0].score >= BY_NAME for line in lines))
        return "add_to_basket" if sure else intent
    searched = not named and odds["find_product"] >= MAY_BE and not any(map(_counted, lines))
    return "find_product" if searched else intent


def _weighed(intent: str, confidence: float, content: Content, reading: Reading | None) -> tuple[str, float]:
    """The intent and its confidence in the light of what the request is about."""
    if intent == "add_to_basket" and any(not line.candidates for line in content.lines):
        return intent, min(confidence, UNKNOWN_GOODS)
    read = reading is not None and reading.intent == intent
    if intent == "add_to_basket" and reading and read:
        return intent, min(confidence, max(reading.score, DOUBTED))
    if intent == "find_product" and not read and not content.slots and confidence < DOUBTED:
        return "out_of_scope", confidence
    if intent == "find_product" and not read and {slot.name for slot in content.slots} <= {"query"}:
        return intent, min(confidence, DOUBTED)
    return intent, confidence


def _counted(line: HeardLine) -> bool:
    return line.quantity > 1 or line.unit is not None


def _content(intent: str, parts: tuple[Spanned, ...], reading: Reading | None, scene: Scene) -> Content:
    """What the parts say; the lines and choices of a template that accounts for every word are surer."""
    content = read_content(intent, parts, scene)
    # "six, no, eight": what is taken back no template knows
    taken_back = intent in ORDERS and bool(content.lines) and any(part.tag == "old" for part in parts)
    if reading and not taken_back and _alike(reading.intent, intent) and _says_more(reading, intent, content):
        slots = (
            *reading.slots,
            *(one for one in content.slots if one.name in BESIDE and not is_part(one, reading.slots)),
        )
        content = Content(tuple(unique(slots)), reading.lines, content.named)
    answer = answer_first(scene)
    if answer and intent not in ("affirm", "deny"):
        name, rest = answer
        heard = scene.linked.heard
        said = Slot("answer", name, heard.said(0, rest), heard.span(0, rest))
        return Content(tuple(unique((*content.slots, said))), content.lines, content.named)
    return content


def _says_more(reading: Reading, intent: str, content: Content) -> bool:
    """Whether a template is believed about lines and choices: it accounts for every word, or the parts say nothing."""
    if reading.score >= WHOLE and (reading.lines or intent in CHOICES):
        return True
    if intent == "add_to_basket" and reading.score >= ORDERED and len(reading.lines) >= len(content.lines):
        return all(line.candidates for line in reading.lines)
    if reading.lines:
        known = any(line.candidates for line in reading.lines)
        return (known or not content.slots) and not any(line.candidates for line in content.lines)
    return not content.named and not content.slots


def _alike(template: str, intent: str) -> bool:
    """Whether the readings mean the same: what is chosen while a yes is asked for, corrects."""
    return template == intent in BY_TEMPLATE or (template in CHOICES and intent in CHOICES)
