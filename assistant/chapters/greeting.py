"""Decisions about how a conversation begins: a greeting, and one useful thing at most."""

from __future__ import annotations

from dataclasses import replace

from assistant.memory import Told
from assistant.news import newest
from assistant.scene import Scene, ask, say, stay
from assistant.types import Decision


def greet(scene: Scene) -> Decision:
    """At the beginning of a conversation also what is new; later a greeting is only that."""
    session, outreach = scene.session, scene.services.outreach
    if session.last_at is not None or session.customer_id is None or outreach is None:
        return stay(session, say("greeting"))
    news = newest(session.customer_id, session.language, scene.shop, outreach, scene.at)
    if news is None:
        return stay(session, say("greeting"))
    moves = (Told(session.customer_id, news.key, scene.at),)
    if not news.offers:
        return replace(stay(session, say("greeting"), news.says), moves=moves)
    offered = replace(session, listed=(news.offers,), about=news.offers)
    return replace(ask(offered, "add", say("greeting"), news.says, say("news.add")), moves=moves)
