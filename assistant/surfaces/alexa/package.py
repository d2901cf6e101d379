"""The whole skill as files for the ASK CLI: manifest, models, and how accounts are linked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.surfaces.alexa.language import filled, skill_language
from assistant.surfaces.alexa.model import Model

CLI_VERSION = "2020-03-31"
"""Of the ASK CLI's project files."""
MODELS = "skill-package/interactionModels/custom"


@dataclass(frozen=True, slots=True)
class Linking:
    """Where customers sign in: OAuth 2.0, authorisation code."""

    authorize: str
    token: str
    client: str


@dataclass(frozen=True, slots=True)
class Listing:
    """How the skill is shown and reached."""

    name: str
    invocation: str
    endpoint: str
    privacy: str | None
    """URL of the merchant's privacy policy; Amazon wants one before it publishes a skill that links accounts."""
    linking: Linking | None


def skill_package(listing: Listing, models: Mapping[str, Model], product: str) -> dict[str, Any]:
    """Path in the package -> content as JSON. `models`: locale -> model; `product`: one to give as an example."""
    files: dict[str, Any] = {
        "ask-resources.json": {
            "askcliResourcesVersion": CLI_VERSION,
            "profiles": {"default": {"skillMetadata": {"src": "./skill-package"}}},
        },
        "skill-package/skill.json": _manifest(listing, models, product),
    }
    files |= {f"{MODELS}/{locale}.json": model for locale, model in models.items()}
    if listing.linking:
        files["accountLinking.json"] = _linking(listing.linking)
    return files


def _manifest(listing: Listing, models: Mapping[str, Model], product: str) -> dict[str, Any]:
    locales = {locale: _in_store(listing, locale) for locale in models}
    words = {"invocation": listing.invocation, "product": product}
    privacy = {"privacyPolicyUrl": listing.privacy} if listing.privacy else {}
    return {
        "manifest": {
            "manifestVersion": "1.0",
            "publishingInformation": {
                "locales": locales,
                "isAvailableWorldwide": True,
                "distributionCountries": [],
                "category": "SHOPPING",
                "testingInstructions": filled(skill_language("en").store["testing"], words),
            },
            "apis": {
                "custom": {
                    "endpoint": {"uri": listing.endpoint, "sslCertificateType": "Trusted"},
                    "interfaces": [{"type": "ALEXA_PRESENTATION_APL"}],
                }
            },
            "permissions": [],
            "privacyAndCompliance": {
                "allowsPurchases": True,
                "usesPersonalInfo": True,
                "isChildDirected": False,
                "isExportCompliant": True,
                "containsAds": False,
                "locales": {locale: privacy for locale in models if privacy},
            },
        }
    }


def _in_store(listing: Listing, locale: str) -> dict[str, Any]:
    store = skill_language(locale[:2]).store
    words = {"invocation": listing.invocation}
    return {
        "name": listing.name,
        "summary": store["summary"],
        "description": store["description"],
        "examplePhrases": [f"Alexa, {filled(phrase, words)}" for phrase in store["examples"]],
        "keywords": list(store["keywords"]),
    }


def _linking(linking: Linking) -> dict[str, Any]:
    """For `ask smapi update-account-linking-info`; the client's secret is the merchant's to add."""
    return {
        "accountLinkingRequest": {
            "type": "AUTH_CODE",
            "authorizationUrl": linking.authorize,
            "accessTokenUrl": linking.token,
            "clientId": linking.client,
            "accessTokenScheme": "HTTP_BASIC",
            "scopes": [],
            "domains": [],
            "skipOnEnablement": True,
        }
    }
