"""Decisions about how a conversation begins: a greeting, and one useful thing at most."""

from __future__ import annotations

from dataclasses import replace

from assistant.chapters.resuming import is_forgotten
from assistant.memory import Told
from assistant.news import newest
from assistant.scene import Scene, aside, ask, say
from assistant.types import Decision


def greet(scene: Scene) -> Decision:
    """At the beginning of a conversation also what is new; later a greeting is only that."""
    session = scene.session
    if session.last_at is not None or session.customer_id is None:
        return _welcome(scene)
    news = newest(session.customer_id, session.language, scene.shop, scene.services, scene.at)
    if news is None:
        return _welcome(scene)
    moves = (Told(session.customer_id, news.key, scene.at),)
    if not news.offers:
        return replace(aside(scene, say("greeting"), news.says), moves=moves)
    offered = replace(session, listed=(news.offers,), about=news.offers)
    return replace(ask(offered, "add", say("greeting"), news.says, say("news.add")), moves=moves)


def _welcome(scene: Scene) -> Decision:
    """A greeting, and what is still asked; who opens the conversation without a word is told what there is to say."""
    if scene.session.asked not in ("nothing", "what") and not is_forgotten(scene):
        return aside(scene, say("greeting"))
    opened = scene.session.turns == 0 and not scene.heard.text
    return ask(scene.session, "what", say("greeting"), say("help" if opened else "what.would"))
