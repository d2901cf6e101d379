"""What a request says: an Understanding where Alexa understood it, else words for Handla's own understanding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.surfaces.alexa.intents import ADD, BUILT_IN, BY_NAME, CANCEL, MEANS, Kind, SkillIntent, option_slot
from assistant.surfaces.alexa.language import SkillLanguage, filled, slots_of
from assistant.surfaces.alexa.requests import Envelope, RequestIntent, RequestSlot, Value
from assistant.types import Session
from commerce.ports import ReadOnlyShop
from commerce.types import Option, Product
from nlu.types import Candidate, HeardLine, HeardOption, Slot, SlotValue, Understanding

TOUCH = "Alexa.Presentation.APL.UserEvent"
TOUCHED = "choose"
"""First argument of a touch on one of the products shown."""
JUST_NOW = timedelta(minutes=2)
"""A conversation that stopped so short a time ago is taken up again."""
YES_NO = {"CONFIRMED": "affirm", "DENIED": "deny"}
"""What Alexa's own confirmations answer."""
NO_QUESTION = ("nothing", "what", "anything_else")
"""What is asked where "cancel" has nothing to drop and ends, and where there is nothing to be asked again."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a request is read by."""

    language: SkillLanguage
    session: Session
    """Where the conversation stands."""
    shop: ReadOnlyShop
    late: bool = False
    """Whether a reply is still to be told: what was asked with it, nobody has heard."""


def heard(envelope: Envelope, grounds: Grounds) -> Understanding | str:
    """What an intent or a touch on the screen means; words where Handla must find that out."""
    request = envelope.request
    if request.type == TOUCH:
        return _touched(request.arguments, grounds)
    intent = request.intent
    if intent.name in BUILT_IN:
        return _plain(_built_in(intent.name, grounds), grounds)
    if intent.name in grounds.language.free:
        return filled(grounds.language.free[intent.name][0], {"words": _said(intent.slots.values())}).strip()
    means = BY_NAME.get(intent.name)
    if means is None:
        return _plain("out_of_scope", grounds)
    answer = _confirmation(intent, means, grounds.session)
    if answer:
        return _plain(answer, grounds)
    reading = _Reading(intent, means, grounds)
    unasked = means.asked_for is not None and grounds.session.asked != means.asked_for
    return reading.text() if unasked else reading.result()


def opened(session: Session, now: datetime) -> str:
    """What opening the skill means: a question that was asked just now is asked again."""
    recent = session.last_at is not None and now - session.last_at <= JUST_NOW
    asked = session.asked not in NO_QUESTION and session.spoken is not None and session.pending is None
    return "repeat" if recent and asked and not session.ended else "greet"


def delegated(envelope: Envelope) -> bool:
    """Whether Alexa is left to ask for the slot that its intent needs, before Handla is asked anything."""
    request = envelope.request
    means = BY_NAME.get(request.intent.name) if request.type == "IntentRequest" else None
    if means is None or means.needs is None or request.dialog_state not in ("STARTED", "IN_PROGRESS"):
        return False
    slot = request.intent.slots.get(means.needs)
    return (slot is None or not slot.values()) and request.intent.confirmation == "NONE"


def fulfillable(envelope: Envelope, shop: ReadOnlyShop) -> dict[str, bool]:
    """Of each slot that has a value: whether it is one that Handla knows."""
    intent = envelope.request.intent
    means = BY_NAME.get(intent.name)
    known: dict[str, bool] = {}
    for name, slot in intent.slots.items():
        for value in slot.values():
            if name == "product":
                known[name] = any(shop.product_of(entity.id) for entity in value.entities)
            elif means and name in means.slots and name in MEANS:
                known[name] = _value_of(name, value) is not None
            else:
                known[name] = bool(value.entities) or name == "words"
    return known


def _built_in(name: str, grounds: Grounds) -> str:
    """Amazon's Cancel drops what is being asked, and ends where nothing is, as does a no to "what else?"."""
    session = grounds.session
    if session.asked not in NO_QUESTION or session.handoff is not None:
        return BUILT_IN[name]
    nothing_to_drop = name == CANCEL and not session.just_done
    nothing_more = BUILT_IN[name] == "deny" and session.asked != "anything_else" and not grounds.late
    return "stop" if nothing_to_drop or nothing_more else BUILT_IN[name]


def _confirmation(intent: RequestIntent, means: SkillIntent, session: Session) -> str | None:
    """The yes or no to a question that Alexa was given to ask."""
    if means.confirmed and intent.confirmation in YES_NO:
        return YES_NO[intent.confirmation]
    product = intent.slots.get("product")
    if means.name == ADD and session.asked == "add" and product and product.confirmation in YES_NO:
        return YES_NO[product.confirmation]
    return None


def _touched(arguments: tuple[object, ...], grounds: Grounds) -> Understanding:
    """A product picked on the screen, by its SKU."""
    match arguments:
        case (name, str(sku)) if name == TOUCHED and (product := grounds.shop.product_of(sku)):
            line = HeardLine(product.title, (0, len(product.title)), (Candidate(product.id, 1.0),))
            return Understanding(product.title, "select_option", 1.0, grounds.language.code, lines=(line,))
        case _:
            return _plain("out_of_scope", grounds)


def _plain(intent: str, grounds: Grounds) -> Understanding:
    words = grounds.language.meant.get(intent, ("",))[0]
    return Understanding(words, intent, 1.0, grounds.language.code)


def _said(slots: Iterable[RequestSlot]) -> str:
    return " ".join(value.said for slot in slots for value in slot.values())


@dataclass(frozen=True, slots=True)
class _Reading:
    """An intent with slots on its way to an Understanding."""

    intent: RequestIntent
    means: SkillIntent
    grounds: Grounds

    def result(self) -> Understanding | str:
        """Words where a slot holds something that the catalogue does not know."""
        text = self.text()
        lines, slots, choices = self._lines(text), self._slots(text), self._choices(text)
        if lines is None or slots is None or choices is None:
            return text
        if "product" not in self.means.slots:
            slots = (*slots, *(Slot(one.name, one.value, one.said, one.span) for one in choices))
        return Understanding(text, self.means.means, 1.0, self.grounds.language.code, slots, lines)

    def _values(self, name: str) -> tuple[Value, ...]:
        slot = self.intent.slots.get(name)
        return slot.values() if slot else ()

    def _option_slots(self) -> list[str]:
        """Slots that may be options of the catalogue, by whatever model Alexa goes."""
        return [name for name in self.intent.slots if self.means.options and name not in self.means.slots]

    def text(self) -> str:
        """The sample that has as many of the filled slots as any and no other, filled; of several the plainest."""
        options = self._option_slots()
        given = {name: " and ".join(v.said for v in self._values(name)) for name in (*self.means.slots, *options)}
        given = {name: said for name, said in given.items() if said}
        samples = [*self.grounds.language.samples[self.means.name]]
        if self.means.options:
            for sample in self.grounds.language.option_samples[self.means.name]:
                samples += [sample.replace("{option}", f"{{{name}}}") for name in options]
        fitting = [sample for sample in samples if set(slots_of(sample)) <= set(given)]
        best = max(fitting, key=lambda sample: (len(slots_of(sample)), len(sample)), default="")
        left = [said for name, said in given.items() if name not in slots_of(best)]
        return " ".join([filled(best, given), *left]).strip()

    def _slots(self, text: str) -> tuple[Slot, ...] | None:
        """The slots that are no products; None where one holds what nobody knows."""
        found = [Slot(name, value, value, (0, 0)) for name, value in self.means.fixed.items()]
        in_a_line = "product" in self.means.slots and bool(self._values("product"))
        for kind in self.means.slots:
            name = MEANS.get(kind)
            if name is None or (kind == "quantity" and in_a_line):
                continue
            for value in self._values(kind):
                known = _value_of(kind, value)
                if known is None:
                    return None
                found.append(Slot(name, known, value.said, _span(text, value.said)))
        return tuple(found)

    def _products(self) -> list[tuple[Value, list[Product]]]:
        """What was said for each product, and the products it may be."""
        found = []
        for value in self._values("product"):
            products = (self.grounds.shop.product_of(entity.id) for entity in value.entities)
            found.append((value, list({product.id: product for product in products if product}.values())))
        return found

    def _lines(self, text: str) -> tuple[HeardLine, ...] | None:
        """A line for each product; None where one is none that the shop sells, or the number is none."""
        products, counted = self._products(), self._values("quantity")
        count = _whole(counted)
        if any(not found for _, found in products) or (products and counted and count is None):
            return None
        choices = self._choices(text) or ()
        return tuple(
            HeardLine(
                said=value.said,
                span=_span(text, value.said),
                candidates=tuple(Candidate(product.id, 1.0) for product in found),
                quantity=count or 1,
                options=tuple(one for one in choices if any(product.option(one.name) for product in found)),
                counted=count is not None,
            )
            for value, found in products
        )

    def _choices(self, text: str) -> tuple[HeardOption, ...] | None:
        """Choices in the slots of options, as the products name them; None where no product has such an option."""
        filled_in = {name: values for name in self._option_slots() if (values := self._values(name))}
        if not filled_in:
            return ()
        about = [product for _, found in self._products() for product in found] or self._talked_about()
        offered = {option_slot(option.name): option for product in about for option in product.options}
        found = []
        for name, values in filled_in.items():
            for value in values:
                label = _label(offered[name], value) if name in offered else None
                if label is None:
                    return None
                found.append(HeardOption(offered[name].name, label, None, value.said, _span(text, value.said)))
        return tuple(found)

    def _talked_about(self) -> list[Product]:
        """The products that a bare choice may be about."""
        session, shop = self.grounds.session, self.grounds.shop
        drafted = [shop.product(product_id) for draft in session.drafts[:1] for product_id in draft.product_ids]
        listed = [shop.product_of(sku) for sku in session.listed]
        return [product for product in (drafted if session.asked == "option" else listed) if product]


def _label(option: Option, value: Value) -> str | None:
    """The choice meant, as the catalogue has it; None where the option has none such."""
    said = {value.said.lower(), *(name.lower() for entity in value.entities for name in (entity.id, entity.name))}
    return next((c.label for c in option.choices if said & {c.label.lower(), *map(str.lower, c.aliases)}), None)


def _value_of(kind: Kind, value: Value) -> SlotValue | None:
    """A slot's value as Handla has it; None where it is not known."""
    if kind in ("quantity", "position"):
        return _whole((value,)) if kind == "quantity" else _position(value)
    if kind in ("order", "code"):
        digits = "".join(letter for letter in value.said if letter.isascii() and letter.isdigit())
        return digits or None
    return value.entities[0].id if value.entities else None


def _position(value: Value) -> int | None:
    return int(value.entities[0].id) if value.entities and value.entities[0].id.lstrip("-").isdecimal() else None


def _whole(values: Sequence[Value]) -> int | None:
    said = values[0].said if values else ""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= len("999") else None


def _span(text: str, said: str) -> tuple[int, int]:
    at = max(text.find(said), 0)
    return at, at + len(said)
