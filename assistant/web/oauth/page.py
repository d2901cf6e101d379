"""The page on which a customer links their account with a program: plain HTML, no script, words from the phrases."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from urllib.parse import urlsplit

from assistant.surfaces.agents.callers import BUY
from assistant.web.oauth.server import Wanted

STYLE = """
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b;
  background: #fff }
input, button { font: inherit; padding: .6rem .8rem; border: 2px solid #555; border-radius: .3rem }
input { display: block; margin: .3rem 0 1rem; letter-spacing: .1em; text-transform: uppercase; width: 12rem }
button { display: block; margin: .6rem 0; width: 100%; background: #fff; color: #1b1b1b; cursor: pointer }
button.yes { background: #14532d; border-color: #14532d; color: #fff }
:focus-visible { outline: 3px solid #1d4ed8; outline-offset: 2px }
[role=alert] { border-left: .4rem solid #b91c1c; padding-left: .8rem }
"""
Words = Callable[[str], str]
"""The sentence of a phrase's key, in the reader's language."""


@dataclass(frozen=True, slots=True)
class LinkForm:
    """What the page asks about."""

    language: str
    wanted: Wanted
    check: str
    """Comes back with the form; only a page of ours knows it."""
    trouble: str = ""
    """Key of the phrase that says why the code was not taken; empty: nothing was tried yet."""


def link_page(form: LinkForm, say: Words) -> str:
    """The form is sent to the address it was asked for at, with all that the program sent."""
    wanted = form.wanted
    asks = "".join(f"<li>{escape(say(f'link.{scope}'))}</li>" for scope in wanted.scopes)
    trouble = f'<p role="alert" id="trouble">{escape(say(form.trouble))}</p>' if form.trouble else ""
    itself = f"<p><strong>{escape(say('link.itself'))}</strong></p>\n" if wanted.client.itself else ""
    described = "hint trouble" if form.trouble else "hint"
    buttons = [("all", "link.allow")]
    if BUY in wanted.scopes and len(wanted.scopes) > 1:  # first what the enter key presses
        buttons = [("no_buying", "link.allow.looking"), ("all", "link.allow.buying")]
    pressed = "".join(
        f'<button name="decision" value="{value}" class="yes">{escape(say(key))}</button>' for value, key in buttons
    )
    title = say("link.title").format(client=wanted.client.name)
    body = f"""<h1>{escape(title)}</h1>
<p>{escape(say("link.wants").format(client=wanted.client.name))}</p>
<ul>{asks}</ul>
<p>{escape(say("link.back").format(place=urlsplit(wanted.redirect).netloc))}</p>
{itself}{trouble}
<form method="post">
<input type="hidden" name="check" value="{escape(form.check)}">
<label for="code">{escape(say("link.code"))}</label>
<p id="hint">{escape(say("link.hint"))}</p>
<input id="code" name="code" required maxlength="20" autocomplete="one-time-code" autocapitalize="characters"
 spellcheck="false" aria-describedby="{described}"{' aria-invalid="true"' if form.trouble else ""}>
{pressed}
<button name="decision" value="none" formnovalidate>{escape(say("link.deny"))}</button>
</form>
<p>{escape(say("link.later"))}</p>"""
    return _page(form.language, title, body)


def notice_page(language: str, title: str, text: str) -> str:
    """A page that only tells."""
    return _page(language, title, f"<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>")


def headers(redirect: str = "") -> dict[str, str]:
    """Nothing may be loaded or framed; the form goes here, and from here to the program (browsers hold redirects of a
    form against this too)."""
    style = b64encode(sha256(STYLE.encode()).digest()).decode()
    parts = urlsplit(redirect)
    program = f" {parts.scheme}://{parts.netloc}" if redirect else ""
    rules = [
        "default-src 'none'",
        f"style-src 'sha256-{style}'",
        f"form-action 'self'{program}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    return {"content-security-policy": "; ".join(rules), "x-frame-options": "DENY"}


def _page(language: str, title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
