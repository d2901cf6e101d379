"""Turns as JSON for machines and as lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.chapters.drafts import draft_of, settle
from assistant.handoff import Handoff, Message
from assistant.types import Reply
from commerce.ports import ReadOnlyShop
from commerce.types import Line
from nlu.types import HeardLine, HeardOption, Understanding

if TYPE_CHECKING:  # sound needs the extra `voice`; words alone do not
    from assistant.ears import Heard


def understanding_report(heard: Understanding, shop: ReadOnlyShop, customer_id: str | None) -> dict[str, Any]:
    """An understanding as docs/understanding.md describes it."""
    return {
        "text": heard.text,
        "intent": heard.intent,
        "confidence": round(heard.confidence, 3),
        "language": heard.language,
        "slots": [
            {"name": slot.name, "value": slot.value, "said": slot.said, "span": list(slot.span)} for slot in heard.slots
        ],
        "lines": [_line(line, shop, customer_id) for line in heard.lines],
        "sentiment": heard.sentiment,
        "sentiment_score": round(heard.sentiment_score, 3),
        "hurried": heard.hurried,
    }


def reply_report(reply: Reply) -> dict[str, Any]:
    """A reply as POST /v1/turns and `--json` give it."""
    done = reply.done
    return {
        "turn_id": reply.turn_id,
        "text": reply.text,
        "speech": reply.speech,
        "asks": reply.asks,
        "ended": reply.ended,
        "handed_over": reply.handed_over,
        "repeated": reply.repeated,
        "intent": reply.understanding.intent if reply.understanding else None,
        "done": done and {"action": done.action, "outcome": done.outcome, "order_number": done.order_number},
        "timings_ms": dict(reply.timings_ms),
    }


def handoff_row(one: Handoff) -> dict[str, Any]:
    """A handoff in the queue's list; times in UTC."""
    return {
        "id": one.id,
        "state": one.state,
        "who": one.who,
        "session": one.session_id,
        "customer": one.customer_id,
        "channel": one.brief.channel,
        "language": one.brief.language,
        "reason": one.brief.reason,
        "mood": one.brief.mood,
        "opened_at": one.opened_at.isoformat(timespec="seconds"),
        "closed_at": one.closed_at and one.closed_at.isoformat(timespec="seconds"),
        "note": one.note,
    }


def handoff_report(one: Handoff, messages: Sequence[Message]) -> dict[str, Any]:
    """A handoff with all that the person needs."""
    brief = one.brief
    return {
        **handoff_row(one),
        "summary": brief.summary,
        "transcript": [{"customer": said.heard, "handla": said.replied} for said in brief.transcript],
        "basket": [
            {"sku": line.sku, "title": line.title, "quantity": line.quantity, "unit_price": line.unit_price.minor}
            for line in brief.basket
        ],
        "last_order": brief.last_order,
        "messages": [message_report(message) for message in messages],
    }


def message_report(message: Message) -> dict[str, Any]:
    at = message.at.isoformat(timespec="seconds")
    return {"number": message.number, "from": message.sender, "text": message.text, "at": at}


def hear_report(file: str, heard: Heard, reply: Reply, shop: ReadOnlyShop, customer_id: str | None) -> dict[str, Any]:
    """One file's line of `handla hear --json`; `confidence` is how sure the words are, not their meaning."""
    transcript = heard.transcript
    empty: dict[str, Any] = {"intent": None, "confidence": None, "slots": [], "lines": []}
    meaning = reply.understanding
    understood = understanding_report(meaning, shop, customer_id) if meaning else empty
    return {
        "file": file,
        "seconds": round(heard.seconds, 3),
        "transcript": transcript.text,
        "language": transcript.language,
        "confidence": round(transcript.confidence, 3),
        "refused": transcript.refused,
        "intent": understood["intent"],
        "intent_confidence": understood["confidence"],
        "slots": understood["slots"],
        "lines": understood["lines"],
        "reply": reply.text,
        "done": reply_report(reply)["done"],
        "timings_ms": {**heard.timings_ms, **reply.timings_ms},
    }


def summary(heard: Understanding | None) -> str:
    """An understanding in one short line for a person."""
    if heard is None:
        return "nothing heard"
    slots = [f"{slot.name}={slot.value}" for slot in heard.slots]
    lines = [f"{line.quantity} × {line.said!r}" for line in heard.lines]
    details = ", ".join([*slots, *lines])
    return f"{heard.intent} ({heard.confidence:.2f})" + (f": {details}" if details else "")


def _line(line: HeardLine, shop: ReadOnlyShop, customer_id: str | None) -> dict[str, Any]:
    draft = draft_of(line, shop, customer_id)
    product = shop.product(draft.product_ids[0]) if draft else None
    settled = settle(draft, shop) if draft and len(draft.product_ids) == 1 else None
    sku = settled.sku if isinstance(settled, Line) else (product.variants[0].sku if product else None)
    others = [shop.product(product_id) for product_id in draft.product_ids[1:]] if draft else []
    return {
        "product": product.title if product else None,
        "product_id": product.id if product else None,
        "sku": sku,
        "quantity": line.quantity,
        "unit": line.unit,
        "options": [_option(option) for option in line.options],
        "said": line.said,
        "span": list(line.span),
        "or": [other.title for other in others if other],
    }


def _option(option: HeardOption) -> dict[str, Any]:
    return {"name": option.name, "value": option.value, "amount": option.amount, "said": option.said}
