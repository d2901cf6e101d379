"""What Alexa may send, read: slots of every shape, what is missing, and what nobody here has heard of."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.surfaces.alexa.requests import Entity, Envelope, RequestSlot, Value


def slot(**given: Any) -> tuple[Value, ...]:
    return RequestSlot.model_validate({"name": "product", "confirmationStatus": "NONE", **given}).values()


def authority(name: str, code: str, *ids: str) -> dict[str, Any]:
    found = [{"value": {"name": one.lower(), "id": one}} for one in ids]
    return {"authority": f"amzn1.er-authority.echo-sdk.{name}", "status": {"code": code}, "values": found}


def resolved(*authorities: dict[str, Any]) -> dict[str, Any]:
    return {"resolutionsPerAuthority": list(authorities)}


@pytest.mark.parametrize("given", [{}, {"value": None}, {"value": ""}, {"slotValue": None}, {"resolutions": None}])
def test_a_slot_without_a_value_holds_nothing(given: dict[str, Any]) -> None:
    assert slot(**given) == ()


@pytest.mark.parametrize("code", ["ER_SUCCESS_NO_MATCH", "ER_ERROR_TIMEOUT", "ER_ERROR_EXCEPTION", "", None])
def test_what_was_not_resolved_is_what_was_said(code: str | None) -> None:
    assert slot(value="coffee", resolutions=resolved(authority("a", code, "X"))) == (Value("coffee", ()),)  # type: ignore[arg-type]


def test_of_several_authorities_those_that_found_something_count_the_customers_own_first() -> None:
    found = resolved(
        authority("skill.TYPE", "ER_SUCCESS_MATCH", "A", "B"),
        authority("other", "ER_ERROR_TIMEOUT", "C"),
        authority("dynamic.skill.TYPE", "ER_SUCCESS_MATCH", "D", "A"),
    )
    ((value,),) = [slot(value="coffee", resolutions=found)]
    assert [entity.id for entity in value.entities] == ["D", "A", "B"]


def test_a_list_is_its_values_in_order_however_deep_and_each_with_its_own_resolution() -> None:
    milk = {"type": "Simple", "value": "milk", "resolutions": resolved(authority("a", "ER_SUCCESS_MATCH", "MLK"))}
    tea = {"type": "Simple", "value": "tea", "resolutions": None}
    nested = {"type": "List", "values": [milk, {"type": "List", "values": [tea, {"type": "Simple"}]}]}
    assert slot(value="milk and tea", slotValue=nested) == (
        Value("milk", (Entity(name="mlk", id="MLK"),)),
        Value("tea", ()),
    )


def test_what_is_unknown_or_missing_is_borne() -> None:
    request = {"type": "IntentRequest", "tomorrow": 1, "intent": {"name": "X", "slots": {"a": None}, "odd": []}}
    envelope = Envelope.model_validate({"request": request, "session": None, "weather": {}})
    assert envelope.request.intent.slots == {}
    assert (envelope.skill_id, envelope.user_id, envelope.token, envelope.has_screen) == ("", "", "", False)


@pytest.mark.parametrize("stamp", ["2026-03-02T10:00:00Z", "2026-03-02T10:00:00", 1772445600, 1772445600000])
def test_a_time_is_text_seconds_or_milliseconds(stamp: object) -> None:
    at = Envelope.model_validate({"request": {"type": "LaunchRequest", "timestamp": stamp}}).request.at
    assert at is not None
    assert at.isoformat() == "2026-03-02T10:00:00+00:00"
