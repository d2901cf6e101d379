"""The page on which customers link their account: what it shows, whom it believes, and who may not use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from assistant.link_codes import ALPHABET, hashed_code, new_code
from assistant.phrases.book import read_phrases
from assistant.pipeline import Assistant
from tests.assistant.linking import BACK, HOST, Linked, check_of, linked, request_of, sent_back


@pytest.fixture(scope="module")
def server(one_assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    with linked(one_assistant, tmp_path_factory.mktemp("keys")) as served:
        yield served


@pytest.fixture
def shop(server: Linked) -> Iterator[Linked]:
    server.register()
    yield server
    server.clear()


def opened(shop: Linked, language: str = "en", **asked: str) -> Any:
    query = urlencode(request_of(**asked))
    return shop.http.get(f"/oauth/authorize?{query}", headers={"accept-language": language}, follow_redirects=False)


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_page_says_who_asks_and_for_what_in_the_readers_language(shop: Linked, language: str) -> None:
    page = opened(shop, f"{language}-SE,de;q=0.5")
    words = read_phrases(language)
    assert f'<html lang="{language}">' in page.text
    for key in (
        "link.shop.read",
        "link.shop.personal",
        "link.shop.buy",
        "link.allow.looking",
        "link.deny",
        "link.code",
    ):
        assert escape(words[key][0]) in page.text
    assert words["link.title"][0].format(client="Agent") in unescape(page.text)
    assert "agent.example" in page.text
    less = opened(shop, language, scope="shop.read openid").text
    assert escape(words["link.shop.personal"][0]) not in less
    assert words["link.allow.buying"][0] not in less


def test_the_page_can_be_used_without_a_script_a_mouse_or_eyes(shop: Linked) -> None:
    text = opened(shop).text
    assert "<script" not in text
    assert text.count("<h1>") == 1
    assert '<label for="code">' in text
    assert 'id="code"' in text
    parser = Balanced()
    parser.feed(text)
    assert parser.open == []
    again = shop.send(opened(shop), "WRONGONE").text
    assert 'role="alert"' in again
    assert 'aria-describedby="hint trouble"' in again


def test_the_page_is_never_framed_and_loads_nothing(shop: Linked) -> None:
    headers = opened(shop).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://agent.example;" in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"


def test_a_name_cannot_bring_markup_along(shop: Linked) -> None:
    shop.register("<b>Evil</b> & {co}", id="evil-1")
    text = opened(shop, client_id="evil-1").text
    assert "<b>" not in text
    assert "&lt;b&gt;Evil&lt;/b&gt; &amp; {co}" in text


def test_the_page_warns_of_a_program_that_registered_itself(shop: Linked) -> None:
    shop.register("Self", itself=True)
    warning = escape(read_phrases("en")["link.itself"][0])
    assert warning in opened(shop, client_id="self-1").text
    assert warning not in opened(shop).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "nobody"},
        {"client_id": ""},
        {"redirect_uri": "https://evil.example/back"},
        {"redirect_uri": "https://agent.example/back"},
        {"redirect_uri": f"{BACK}&x=1"},
        {"redirect_uri": BACK.upper()},
        {"redirect_uri": 'https://agent.example/"ö"'},
        {"redirect_uri": ""},
        {"state": "\n"},
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_the_programs(shop: Linked, wrong: dict[str, str]) -> None:
    refused = opened(shop, **wrong)
    assert refused.status_code == 400
    assert "location" not in refused.headers
    assert read_phrases("en")["link.refused.title"][0] in refused.text


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"resource": "https://elsewhere.example/mcp"}, "invalid_target"),
    ],
)
def test_what_else_is_wrong_is_told_to_the_program_with_its_state(
    shop: Linked, wrong: dict[str, str], error: str
) -> None:
    back = sent_back(opened(shop, **wrong))
    assert (back["error"], back["state"], back["iss"]) == (error, request_of()["state"], HOST)


def test_a_field_that_is_said_twice_is_refused(shop: Linked) -> None:
    query = f"{urlencode(request_of())}&{urlencode({'redirect_uri': 'https://evil.example/'})}"
    refused = shop.http.get(f"/oauth/authorize?{query}", follow_redirects=False)
    assert "evil" not in refused.headers.get("location", "")
    assert refused.status_code in (303, 400)


def test_a_form_that_is_not_from_our_page_links_nothing(shop: Linked) -> None:
    page, code = opened(shop), shop.link_code()
    address = str(page.request.url)
    form = {"check": check_of(page), "code": code, "decision": "all"}
    other = address.replace("shop.personal+", "")
    for where, sent in ((address, {**form, "check": "x"}), (address, {**form, "check": ""}), (other, form)):
        assert shop.http.post(where, data=sent, follow_redirects=False).status_code == 400
    shop.http.cookies.clear()
    assert shop.http.post(address, data=form, follow_redirects=False).status_code == 400
    assert "code" in sent_back(shop.authorise(code))


def test_the_cookie_is_out_of_reach_of_scripts_and_other_hosts(one_assistant: Assistant, tmp_path: Path) -> None:
    with linked(one_assistant, tmp_path, url="https://shop.example/mcp") as served:
        served.register("Tls", redirects=(BACK,))
        cookie = opened(served, client_id="tls-1", resource="").headers["set-cookie"].lower()
        served.grants.revoke("tls-1")
    assert cookie.startswith("__host-")
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_link_code_holds_once_however_it_is_typed(shop: Linked) -> None:
    code = shop.link_code()
    assert "code" in sent_back(shop.authorise(f" {code.lower().replace('-', ' ')} "))
    assert shop.authorise(code).status_code == 400


def test_a_link_code_holds_for_fifteen_minutes_and_only_the_newest(shop: Linked) -> None:
    late = shop.link_code()
    shop.clock.go_on(minutes=15)
    assert shop.authorise(late).status_code == 400
    older, newer = shop.link_code(), shop.link_code()
    assert shop.authorise(older).status_code == 400
    assert "code" in sent_back(shop.authorise(newer))


def test_guessing_is_stopped_after_five_codes_an_hour_even_for_the_right_one(shop: Linked) -> None:
    for _ in range(5):
        assert shop.authorise("WRONGONE").status_code == 400
    code = shop.link_code()
    refused = shop.authorise(code)
    assert refused.status_code == 429
    assert escape(read_phrases("en")["link.locked"][0]) in refused.text
    shop.clock.go_on(minutes=60)
    assert "code" in sent_back(shop.authorise(shop.link_code()))


def test_codes_are_drawn_from_letters_nobody_mistakes() -> None:
    drawn = {new_code() for _ in range(200)}
    assert len(drawn) == 200
    assert all(re.fullmatch(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", code) for code in drawn)
    assert not set("01ILO") & set(ALPHABET)
    one = next(iter(drawn))
    assert hashed_code(one) == hashed_code(one.lower().replace("-", "  "))


class Balanced(HTMLParser):
    """Which elements are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
