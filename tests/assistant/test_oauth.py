"""The authorisation server built in: what it gives out, to whom, and what it refuses."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.pipeline import Assistant
from assistant.records.agents import NOBODY, AgentRecords
from assistant.records.grants import AGAIN
from assistant.settings import AlexaSettings
from assistant.surfaces.agents.callers import BUY, PERSONAL, READ
from assistant.web.alexa import outside
from assistant.web.oauth.keys import key_file, signing_key
from tests.assistant.linking import BACK, CHALLENGE, HOST, SECRET, URL, Linked, linked, request_of, sent_back
from tests.databases import rows

LOOKING = f"{READ} {PERSONAL}"


@pytest.fixture(scope="module")
def server(one_assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    with linked(one_assistant, tmp_path_factory.mktemp("keys")) as served:
        yield served


@pytest.fixture
def shop(server: Linked) -> Iterator[Linked]:
    yield server
    server.clear()


@pytest.fixture
def agent(shop: Linked) -> Linked:
    shop.register()
    return shop


def test_the_metadata_leads_from_the_tools_to_the_keys(shop: Linked) -> None:
    for place in ("", "/mcp"):
        resource = shop.http.get(f"/.well-known/oauth-protected-resource{place}").json()
        assert resource["resource"] == URL
        assert resource["authorization_servers"] == [HOST]
        assert resource["scopes_supported"] == [READ, PERSONAL, BUY]
    server = shop.http.get("/.well-known/oauth-authorization-server").json()
    assert server["issuer"] == HOST
    assert server["code_challenge_methods_supported"] == ["S256"]
    assert set(server["grant_types_supported"]) == {"authorization_code", "refresh_token", "client_credentials"}
    assert "registration_endpoint" not in server
    (key,) = shop.http.get(server["jwks_uri"]).json()["keys"]
    assert (key["kty"], key["alg"], key["use"]) == ("EC", "ES256", "sig")
    assert "d" not in key
    assert "built into Handla" in shop.http.get(server["service_documentation"]).text


def test_a_customer_links_a_program_and_it_may_what_they_allowed(agent: Linked) -> None:
    back = sent_back(agent.authorise())
    assert back["state"] == request_of()["state"]
    assert back["iss"] == HOST
    given = agent.token(back["code"]).json()
    assert given["token_type"] == "Bearer"
    assert given["scope"] == f"{READ} {PERSONAL} {BUY}"
    assert given["expires_in"] == 3600
    caller = agent.use(given["access_token"], BUY).json()
    assert (caller["client"], caller["customer"]) == ("agent-1", "C001")
    assert caller["scopes"] == sorted((READ, PERSONAL, BUY))
    assert caller["token"] not in given["access_token"]


def test_the_access_token_is_what_rfc_9068_says(agent: Linked) -> None:
    token = agent.token().json()["access_token"]
    (key,) = agent.http.get("/oauth/jwks").json()["keys"]
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "at+jwt", "kid": key["kid"]}
    options: Any = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(token, jwt.PyJWK.from_dict(key), ["ES256"], audience=URL, issuer=HOST, options=options)
    assert set(claims) >= {"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope"}
    assert (claims["sub"], claims["client_id"]) == ("C001", "agent-1")


def test_who_allows_no_buying_gives_all_but_that(agent: Linked) -> None:
    given = agent.token(sent_back(agent.authorise(decision="no_buying"))["code"]).json()
    assert given["scope"] == f"{READ} {PERSONAL}"
    refused = agent.use(given["access_token"], BUY)
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
    assert f'scope="{BUY}"' in refused.headers["www-authenticate"]


def test_who_declines_is_sent_back_without_a_code_and_keeps_theirs(agent: Linked) -> None:
    code = agent.link_code()
    back = sent_back(agent.authorise(code, "none"))
    assert back["error"] == "access_denied"
    assert back["state"] == request_of()["state"]
    assert "code" in sent_back(agent.authorise(code))


def test_a_tool_is_open_to_a_token_that_holds_its_scope(agent: Linked, one_assistant: Assistant) -> None:
    agent.register("Service", service=True, redirects=())
    looking = agent.token(agent.code(LOOKING)).json()["access_token"]
    sent = {"grant_type": "client_credentials", "client_id": "service-1", "client_secret": SECRET}
    own = agent.http.post("/oauth/token", data=sent).json()["access_token"]
    refused = agent.call(None, "store_info")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer resource_metadata=")
    assert agent.call(own, "store_info", topic="hours").json()["result"]["structuredContent"]
    assert agent.call(own, "list_orders").status_code == 403
    assert agent.call(looking, "list_orders").json()["result"]["structuredContent"]["orders"]
    assert agent.call(looking, "place_order").headers["www-authenticate"].count(BUY) == 2
    audit = [(call.client, call.customer, call.tool) for call in AgentRecords(one_assistant.sessions.engine).calls(2)]
    assert audit == [("agent-1", "C001", "list_orders"), ("service-1", NOBODY, "store_info")]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": "https://agent.example/back?tenant=8"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"client_secret": "another"}, "invalid_client"),
        ({"client_secret": None}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"resource": "https://elsewhere.example/mcp"}, "invalid_target"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"code": "\x00"}, "invalid_request"),
    ],
)
def test_a_code_gives_nothing_where_the_request_is_wrong(agent: Linked, wrong: dict[str, Any], error: str) -> None:
    refused = agent.token(**wrong)
    assert refused.status_code in (400, 401)
    assert refused.json()["error"] == error
    assert "access_token" not in refused.text


def test_a_code_is_of_one_client(agent: Linked) -> None:
    agent.register("Other")
    assert agent.token(client_id="other-1").json()["error"] == "invalid_grant"


def test_a_code_holds_for_a_minute(agent: Linked) -> None:
    code = agent.code()
    agent.clock.go_on(seconds=60)
    assert agent.token(code).json()["error"] == "invalid_grant"


def test_a_code_shown_twice_ends_what_it_gave(agent: Linked) -> None:
    code = agent.code()
    given = agent.token(code).json()
    assert agent.use(given["access_token"]).status_code == 200
    assert agent.token(code).json()["error"] == "invalid_grant"
    assert agent.use(given["access_token"]).status_code == 401
    assert agent.refresh(given["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_wrong_verifier_uses_the_code_up(agent: Linked) -> None:
    code = agent.code()
    assert agent.token(code, code_verifier="w" * 64).status_code == 400
    assert agent.token(code).json()["error"] == "invalid_grant"


def test_a_refresh_token_changes_each_time(agent: Linked) -> None:
    first = agent.token().json()
    second = agent.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert agent.use(second["access_token"]).json()["customer"] == "C001"


def test_a_refresh_token_shown_again_later_ends_the_link(agent: Linked, caplog: pytest.LogCaptureFixture) -> None:
    first = agent.token().json()
    second = agent.refresh(first["refresh_token"]).json()
    agent.clock.now += AGAIN
    assert agent.refresh(first["refresh_token"]).status_code == 200  # our answer may have been lost on its way
    agent.clock.go_on(seconds=1)
    assert agent.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert "a refresh token of agent-1 was shown twice" in caplog.text
    assert agent.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    assert agent.use(second["access_token"]).status_code == 401


def test_a_refresh_token_gives_less_where_less_is_asked_for_and_never_more(agent: Linked) -> None:
    first = agent.token(agent.code(LOOKING)).json()
    second = agent.refresh(first["refresh_token"], scope=READ).json()
    assert second["scope"] == READ
    assert agent.refresh(second["refresh_token"], scope=f"{READ} {BUY}").json()["error"] == "invalid_scope"


def test_a_link_nobody_uses_ends(agent: Linked) -> None:
    given = agent.token().json()
    agent.clock.go_on(days=180)
    assert agent.refresh(given["refresh_token"]).json()["error"] == "invalid_grant"
    assert agent.grants.forget(agent.clock.now) == 1
    assert agent.clients.listed()[0][1] == 0


def test_a_program_may_have_a_token_of_its_own_that_reads_only(shop: Linked) -> None:
    shop.register(service=True, redirects=())
    asked = {"grant_type": "client_credentials", "resource": URL, "scope": f"{READ} {BUY}"}
    given = shop.http.post("/oauth/token", data=asked, auth=("agent-1", SECRET)).json()
    assert given["scope"] == READ
    assert "refresh_token" not in given
    caller = shop.use(given["access_token"]).json()
    assert (caller["client"], caller["customer"], caller["scopes"]) == ("agent-1", None, [READ])
    assert shop.use(given["access_token"], BUY).status_code == 403
    refused = shop.http.post("/oauth/token", data={**asked, "scope": BUY}, auth=("agent-1", SECRET))
    assert refused.json()["error"] == "invalid_scope"
    assert shop.http.post("/oauth/token", data=asked, auth=("agent-1", "x")).status_code == 401


def test_a_program_without_a_secret_has_pkce_only(shop: Linked) -> None:
    shop.register(secret=None)
    assert shop.token(client_secret=None).status_code == 200
    assert shop.token(client_secret=None, code_verifier=None).json()["error"] == "invalid_request"


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_one_token_of_a_link_ends_all_of_it(agent: Linked, which: str) -> None:
    given = agent.token().json()
    sent = {"token": given[which], "client_id": "agent-1", "client_secret": SECRET}
    assert agent.http.post("/oauth/revoke", data={**sent, "client_secret": "x"}).status_code == 401
    assert agent.use(given["access_token"]).status_code == 200
    assert agent.http.post("/oauth/revoke", data=sent).status_code == 200
    assert agent.use(given["access_token"]).status_code == 401
    assert agent.refresh(given["refresh_token"]).json()["error"] == "invalid_grant"
    assert agent.http.post("/oauth/revoke", data=sent).status_code == 200


def test_nobody_revokes_what_is_another_clients(agent: Linked) -> None:
    agent.register("Other")
    given = agent.token().json()
    for which in ("access_token", "refresh_token"):
        sent = {"token": given[which], "client_id": "other-1", "client_secret": SECRET}
        assert agent.http.post("/oauth/revoke", data=sent).status_code == 200
    assert agent.use(given["access_token"]).status_code == 200


def test_a_client_that_is_revoked_is_out_at_once(agent: Linked) -> None:
    given = agent.token().json()
    assert agent.grants.revoke("agent-1") == (1, True)
    assert agent.use(given["access_token"]).status_code == 401
    assert agent.refresh(given["refresh_token"]).json()["error"] == "invalid_client"


def test_programs_register_themselves_only_where_the_settings_let_them(
    shop: Linked, one_assistant: Assistant, tmp_path: Path
) -> None:
    wanted = {"redirect_uris": [BACK], "client_name": "Desktop", "token_endpoint_auth_method": "none"}
    assert shop.http.post("/oauth/register", json=wanted).status_code == 404
    with linked(one_assistant, tmp_path, registration=True) as open_shop:
        known = open_shop.http.get("/.well-known/oauth-authorization-server").json()
        assert known["registration_endpoint"] == f"{HOST}/oauth/register"
        made = open_shop.http.post("/oauth/register", json=wanted)
        assert made.status_code == 201
        client = made.json()["client_id"]
        assert "client_secret" not in made.json()
        code = sent_back(open_shop.authorise(client_id=client))["code"]
        assert open_shop.token(code, client_id=client, client_secret=None).status_code == 200
        for bad in ("http://agent.example/back", "javascript:alert(1)", "https://agent.example/#x"):
            refused = open_shop.http.post("/oauth/register", json={"redirect_uris": [bad]})
            assert (refused.status_code, refused.json()["error"]) == (400, "invalid_redirect_uri")
        for content in (b"{", b"[]", b"\xff", json.dumps({**wanted, "client_name": "Alexa\x00\u202e"}).encode()):
            refused = open_shop.http.post("/oauth/register", content=content)
            assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
        idle = open_shop.http.post("/oauth/register", json=wanted).json()["client_id"]
        open_shop.clock.go_on(days=2)
        open_shop.grants.forget(open_shop.clock.now)
        assert open_shop.clients.find(idle) is None
        assert open_shop.clients.find(client) is not None


@pytest.mark.parametrize(("scope", "customer"), [(f"{READ} {BUY}", "C001"), (f"{READ} {PERSONAL}", None)])
def test_it_links_accounts_of_the_classic_skill_by_settings_alone(
    agent: Linked, tmp_path: Path, scope: str, customer: str | None
) -> None:
    key = signing_key(key_file(agent.settings))
    (tmp_path / "sign-in.pem").write_text(key.public_pem(), encoding="utf-8")
    skill = AlexaSettings(
        skill_id="amzn1.ask.skill.x",
        token_key=tmp_path / "sign-in.pem",
        token_algorithm="ES256",
        token_issuer=HOST,
        token_audience=URL,
        token_scope=BUY,
    )
    token = agent.token(agent.code(scope)).json()["access_token"]
    assert outside(skill).tokens.customer(token, agent.clock.now) == customer


NAMES = [*request_of(), "grant_type", "code", "refresh_token", "client_secret", "token", "token_type_hint", "decision"]
VALUES = [*request_of().values(), "authorization_code", "refresh_token", "client_credentials", "none", SECRET]
TWISTS = st.dictionaries(
    st.sampled_from(NAMES), st.one_of(st.sampled_from(VALUES), st.text(max_size=20)), min_size=1, max_size=4
)


@given(twists=TWISTS, rest=st.binary(max_size=12), basic=st.binary(max_size=12))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_sent_breaks_it_or_opens_it(
    agent: Linked, twists: dict[str, str], rest: bytes, basic: bytes
) -> None:
    query = urlencode({**request_of(), **twists}, errors="replace")
    form = urlencode({"client_id": "agent-1", "client_secret": SECRET, **twists}, errors="replace").encode()
    headers = {"authorization": f"Basic {base64.b64encode(basic).decode()}"}
    for path in ("/oauth/token", "/oauth/revoke"):
        for sent, how in ((form, {}), (form + b"&" + rest, headers)):
            answer = agent.http.post(path, content=sent, headers=how)
            assert answer.status_code in (200, 400, 401)
            assert "access_token" not in answer.json()
    page = agent.http.get(f"/oauth/authorize?{query}", follow_redirects=False)
    assert page.status_code in (200, 303, 400)
    assert page.headers.get("location", BACK).startswith(BACK)
    answer = agent.http.post(f"/oauth/authorize?{query}", content=form + b"&" + rest, follow_redirects=False)
    assert answer.status_code in (303, 400)
    assert "code=" not in answer.headers.get("location", "")


def test_neither_the_database_nor_the_log_holds_anything_that_opens_a_door(
    agent: Linked, one_assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link_code = agent.link_code()
    pending = agent.link_code("C002")
    code = sent_back(agent.authorise(link_code))["code"]
    given = agent.token(code).json()
    agent.refresh(given["refresh_token"])
    kept = json.dumps(rows(one_assistant.sessions.engine), default=str)
    secrets = (
        link_code,
        link_code.replace("-", ""),
        pending,
        code,
        given["access_token"],
        given["refresh_token"],
        SECRET,
    )
    for secret in secrets:
        assert secret not in kept
        assert secret not in caplog.text
    assert CHALLENGE in kept
