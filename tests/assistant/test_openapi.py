"""The description of /v1 is what /v1 does, whatever is sent."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from assistant.ears import Ears
from assistant.settings import Settings
from assistant.web.guards import hashed
from assistant.web.server import application
from assistant.web.sound import Sound
from assistant.web.v1_audio import HEARD
from tests.assistant.test_audio_turns import Humming, Knowing
from tests.shops import NOW, Shops
from voice.endpoint import EndpointSettings

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@schemathesis.serializer(*sorted(HEARD))
def as_it_is(_: schemathesis.SerializationContext, content: bytes) -> bytes:
    return content


KEY = {"authorization": "Bearer right"}


@pytest.fixture
def described(shops: Shops) -> schemathesis.BaseSchema:
    server = {"keys": {"test": hashed("right")}, "rate": 0}
    sound = Sound(Ears(Knowing(), EndpointSettings(), "en", longest_turn=5.0), Humming())
    app = application(shops.assistant(), Settings(server=server), lambda: NOW, sound)
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def test_every_door_is_described_with_its_key(described: schemathesis.BaseSchema) -> None:
    paths = described.raw_schema["paths"]
    assert set(paths) >= {"/v1/turns", "/v1/turns/audio"}
    assert all(operation["security"] for door in paths.values() for operation in door.values())


@pytest.mark.models
@pytest.mark.parametrize("path", ["/v1/turns", "/v1/turns/audio"])
def test_answers_are_as_described(described: schemathesis.BaseSchema, path: str) -> None:
    operation = described[path]["POST"]
    quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    for mode in schemathesis.GenerationMode:

        def answers(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=KEY, checks=CHECKS)

        quick(given(case=operation.as_strategy(generation_mode=mode))(answers))()
