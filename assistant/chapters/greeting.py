"""Decisions about how a conversation begins: a greeting, and one useful thing at most."""

from __future__ import annotations

from dataclasses import replace

from assistant.memory import Told
from assistant.news import newest
from assistant.scene import Scene, aside, ask, say, stay
from assistant.types import Decision, Say


def greet(scene: Scene) -> Decision:
    """At the beginning of a conversation also what is new; later a greeting is only that."""
    session = scene.session
    if session.last_at is not None or session.customer_id is None:
        return in_passing(scene, say("greeting"))
    news = newest(session.customer_id, session.language, scene.shop, scene.services, scene.at)
    if news is None:
        return in_passing(scene, say("greeting"))
    moves = (Told(session.customer_id, news.key, scene.at),)
    if not news.offers:
        return replace(in_passing(scene, say("greeting"), news.says), moves=moves)
    offered = replace(session, listed=(news.offers,), about=news.offers)
    return replace(ask(offered, "add", say("greeting"), news.says, say("news.add")), moves=moves)


def in_passing(scene: Scene, *words: Say) -> Decision:
    """Said, and what is pending read back again: a greeting may open another session than the one it was read in."""
    return aside(scene, *words) if scene.session.pending is not None else stay(scene.session, *words)
