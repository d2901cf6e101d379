"""Agents to import: archives as the consoles of Dialogflow ES (agent ZIP) and CX (JSON package) export them.

The formats are written down by neither; they are as exports have them, and the resources in them are checked against
the types of Google's clients by the tests.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from assistant.surfaces.dialogflow.shared import FALLBACK, PRODUCT, START_FLOW, WELCOME
from assistant.surfaces.dialogflow.training import ORDER, Entry, Phrase, intents, parameters

TAG = "turn"
"""What CX calls the webhook with, wherever it does."""
PAGE_TIMEOUT = 5
"""Seconds that Dialogflow waits for the webhook."""
_THRESHOLD = 0.3
"""Below this confidence a match counts as none; the words reach Handla either way."""
_PRIORITY = 500_000
"""Normal, as the consoles have it."""
_TYPES = {PRODUCT: f"@{PRODUCT}", ORDER: "@sys.number-sequence"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What an agent is made of."""

    name: str
    url: str
    """Where its webhook is."""
    languages: tuple[str, ...]
    """The first is the agent's own."""
    time_zone: str
    phrases: Mapping[str, Mapping[str, Sequence[Phrase]]]
    """Language -> intent -> training phrases."""
    entities: Mapping[str, Sequence[Entry]]
    """Entity type -> its entries."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What the agent sends with every call of the webhook."""

    def parameters(self, intent: str) -> tuple[str, ...]:
        every = [phrase for language in self.languages for phrase in self.phrases[language][intent]]
        return tuple(name for name in parameters(every) if name != PRODUCT or PRODUCT in self.entities)


def archive(files: Mapping[str, Any]) -> bytes:
    """Path -> content as a ZIP file; the same content gives the same bytes."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as made:
        for path, content in files.items():
            entry = ZipInfo(path)
            entry.compress_type = ZIP_DEFLATED
            made.writestr(entry, json.dumps(content, ensure_ascii=False, indent=2))
    return out.getvalue()


def es_agent(plan: Plan) -> dict[str, Any]:
    """Path -> content of a Dialogflow ES agent."""
    files: dict[str, Any] = {"package.json": {"version": "1.0.0"}, "agent.json": _es_agent(plan)}
    for name, entries in plan.entities.items():
        files[f"entities/{name}.json"] = {
            "id": _id("entity", name),
            "name": name,
            "isOverridable": True,
            "isEnum": False,
            "isRegexp": False,
            "automatedExpansion": False,
            "allowFuzzyExtraction": True,
        }
        for language in plan.languages:
            listed = [{"value": entry.value, "synonyms": list(entry.synonyms)} for entry in entries]
            files[f"entities/{name}_entries_{language}.json"] = listed
    for intent in intents():
        files[f"intents/{intent}.json"] = _es_intent(intent, plan.parameters(intent))
        for language in plan.languages:
            said = [_es_phrase(phrase, intent, language) for phrase in plan.phrases[language][intent]]
            files[f"intents/{intent}_usersays_{language}.json"] = said
    files[f"intents/{WELCOME}.json"] = _es_intent(WELCOME, (), events=("WELCOME", "TELEPHONY_WELCOME"))
    files[f"intents/{FALLBACK}.json"] = _es_intent(FALLBACK, (), fallback=True)
    return files


def cx_agent(plan: Plan) -> dict[str, Any]:
    """Path -> content of a Dialogflow CX agent: one flow, in which every turn asks the webhook."""
    files: dict[str, Any] = {
        "agent.json": {
            "displayName": plan.name,
            "defaultLanguageCode": plan.languages[0],
            "supportedLanguageCodes": list(plan.languages[1:]),
            "timeZone": plan.time_zone,
            "startFlow": "Default Start Flow",
            "advancedSettings": {"dtmfSettings": {"enabled": True, "maxDigits": 20, "finishDigit": "#"}},
        },
        "webhooks/handla.json": {
            "name": _id("webhook", "handla"),
            "displayName": "handla",
            "genericWebService": {"uri": plan.url, "requestHeaders": dict(plan.headers)},
            "timeout": {"seconds": PAGE_TIMEOUT},
        },
        "flows/Default Start Flow/Default Start Flow.json": _cx_flow(),
    }
    for name, entries in plan.entities.items():
        files[f"entityTypes/{name}/{name}.json"] = {
            "name": _id("entity", name),
            "displayName": name,
            "kind": "KIND_MAP",
            "enableFuzzyExtraction": True,
        }
        for language in plan.languages:
            listed = [
                {"value": entry.value, "synonyms": list(entry.synonyms), "languageCode": language} for entry in entries
            ]
            files[f"entityTypes/{name}/entities/{language}.json"] = {"entities": listed}
    for intent in intents():
        has = [{"id": name, "entityType": _TYPES[name], "isList": name == PRODUCT} for name in plan.parameters(intent)]
        about = {"name": _id("intent", intent), "displayName": intent, "priority": _PRIORITY, "parameters": has}
        files[f"intents/{intent}/{intent}.json"] = about
        for language in plan.languages:
            said = [_cx_phrase(phrase, language) for phrase in plan.phrases[language][intent]]
            files[f"intents/{intent}/trainingPhrases/{language}.json"] = {"trainingPhrases": said}
    return files


def _es_agent(plan: Plan) -> dict[str, Any]:
    return {
        "description": plan.name,
        "language": plan.languages[0],
        "supportedLanguages": list(plan.languages[1:]),
        "defaultTimezone": plan.time_zone,
        "webhook": {
            "url": plan.url,
            "username": "",
            "headers": dict(plan.headers),
            "available": True,
            "useForDomains": False,
            "cloudFunctionsEnabled": False,
            "cloudFunctionsInitialized": False,
        },
        "isPrivate": True,
        "mlMinConfidence": _THRESHOLD,
        "onePlatformApiVersion": "v2",
        "disableInteractionLogs": True,
        "disableStackdriverLogs": True,
    }


def _es_intent(name: str, has: Sequence[str], events: Sequence[str] = (), fallback: bool = False) -> dict[str, Any]:
    listed = [
        {
            "id": _id("parameter", f"{name} {one}"),
            "name": one,
            "required": False,
            "dataType": _TYPES[one],
            "value": f"${one}",
            "isList": one == PRODUCT,
        }
        for one in has
    ]
    return {
        "id": _id("intent", name),
        "name": name,
        "auto": True,
        "contexts": [],
        "responses": [
            {"resetContexts": False, "action": name, "affectedContexts": [], "parameters": listed, "messages": []}
        ],
        "priority": _PRIORITY,
        "webhookUsed": True,
        "webhookForSlotFilling": False,
        "fallbackIntent": fallback,
        "events": [{"name": event} for event in events],
    }


def _es_phrase(phrase: Phrase, intent: str, language: str) -> dict[str, Any]:
    data = [
        {"text": part.text, "alias": part.parameter, "meta": _TYPES[part.parameter], "userDefined": True}
        if part.parameter
        else {"text": part.text, "userDefined": False}
        for part in phrase
    ]
    words = "".join(part.text for part in phrase)
    identity = _id("phrase", f"{intent} {language} {words}")
    return {"id": identity, "data": data, "isTemplate": False, "count": 0, "lang": language, "updated": 0}


def _cx_phrase(phrase: Phrase, language: str) -> dict[str, Any]:
    parts = [
        {"text": part.text, "parameterId": part.parameter} if part.parameter else {"text": part.text} for part in phrase
    ]
    return {"parts": parts, "repeatCount": 1, "languageCode": language}


def _cx_flow() -> dict[str, Any]:
    asks = {"webhook": "handla", "tag": TAG}
    events = ("sys.no-match-default", "sys.no-input-default", "WELCOME")
    return {
        "name": START_FLOW,
        "displayName": "Default Start Flow",
        "description": "Every turn asks Handla.",
        "transitionRoutes": [
            {"name": _id("route", intent), "intent": intent, "triggerFulfillment": asks} for intent in intents()
        ],
        "eventHandlers": [
            {"name": _id("handler", event), "event": event, "triggerFulfillment": asks} for event in events
        ],
        "nluSettings": {"modelType": "MODEL_TYPE_STANDARD", "classificationThreshold": _THRESHOLD},
    }


def _id(kind: str, name: str) -> str:
    """The same thing has the same id in every archive, so that importing a newer one replaces it."""
    return str(uuid5(NAMESPACE_URL, f"handla:{kind}:{name}"))
