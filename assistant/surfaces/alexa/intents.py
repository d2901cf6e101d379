"""The skill's intents: what each means to Handla, and which slots it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["product", "quantity", "order", "position", "superlative", "topic", "reason", "code", "words"]
"""What a slot holds."""

TYPES: Mapping[Kind, str] = {
    "product": "HANDLA_PRODUCT",
    "quantity": "AMAZON.NUMBER",
    "order": "AMAZON.FOUR_DIGIT_NUMBER",
    "position": "HANDLA_POSITION",
    "superlative": "HANDLA_SUPERLATIVE",
    "topic": "HANDLA_TOPIC",
    "reason": "HANDLA_REASON",
    "code": "AMAZON.FOUR_DIGIT_NUMBER",
    "words": "AMAZON.SearchQuery",
}
MEANS: Mapping[Kind, str] = {
    "quantity": "quantity",
    "order": "order_number",
    "position": "ordinal",
    "superlative": "superlative",
    "topic": "topic",
    "reason": "reason",
    "code": "code",
}
"""Slot of the skill -> slot of an Understanding."""
OPTION_TYPE = "HANDLA_OPTION_"
"""What the types of the catalogue's options begin with."""


@dataclass(frozen=True, slots=True)
class SkillIntent:
    """One intent of the skill; its slots are named like their kinds."""

    name: str
    means: str
    """Handla's intent."""
    slots: tuple[Kind, ...] = ()
    options: bool = False
    """Whether each option of the catalogue (size, milk ...) is a slot of it too."""
    needs: Kind | None = None
    """The slot that Alexa asks for itself, by Dialog.Delegate."""
    asked_for: Kind | None = None
    """The slot that Handla has Alexa ask for, by Dialog.ElicitSlot."""
    confirmed: bool = False
    """Whether Handla has it confirmed, by Dialog.ConfirmIntent."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Slots of the Understanding that the intent itself stands for."""

    @property
    def in_dialog(self) -> bool:
        """Whether it is in the dialog model, without which no Dialog directive may name it."""
        return self.options or self.confirmed or self.needs is not None or self.asked_for is not None


ADD = "AddProductIntent"
CANCEL = "AMAZON.CancelIntent"
CHOOSE = "ChooseIntent"
CODE = "CodeIntent"
REASON = "ReasonIntent"
INTENTS: tuple[SkillIntent, ...] = (
    SkillIntent(ADD, "add_to_basket", ("product", "quantity"), options=True, needs="product"),
    SkillIntent("TellProductIntent", "product_details", ("product",)),
    SkillIntent("RecommendIntent", "recommend"),
    SkillIntent(CHOOSE, "select_option", ("position", "superlative", "quantity"), options=True),
    SkillIntent("ShowBasketIntent", "show_basket"),
    SkillIntent("ClearBasketIntent", "clear_basket"),
    SkillIntent("RemoveProductIntent", "remove_from_basket", ("product", "quantity")),
    SkillIntent("ChangeQuantityIntent", "change_quantity", ("product", "quantity"), needs="quantity"),
    SkillIntent("CheckoutIntent", "checkout", confirmed=True),
    SkillIntent("ReorderIntent", "reorder", ("product", "quantity"), confirmed=True),
    SkillIntent("ReorderUsualIntent", "reorder", confirmed=True, fixed={"reference": "usual"}),
    SkillIntent("OrderStatusIntent", "order_status", ("order",)),
    SkillIntent("OrderHistoryIntent", "order_history", ("product",)),
    SkillIntent("CancelOrderIntent", "cancel_order", ("order", "product"), confirmed=True),
    SkillIntent("ReturnItemIntent", "return_item", ("order", "product", "reason"), confirmed=True),
    SkillIntent(REASON, "give_value", ("reason",), asked_for="reason"),
    SkillIntent("RefundStatusIntent", "refund_status", ("order",)),
    SkillIntent("ShowListIntent", "list_show"),
    SkillIntent("StoreInfoIntent", "store_info", ("topic",)),
    SkillIntent("PointsIntent", "loyalty_balance"),
    SkillIntent("PersonIntent", "talk_to_human"),
    SkillIntent("ThankIntent", "thank"),
    SkillIntent(CODE, "give_value", ("code",), asked_for="code"),
)
BY_NAME: Mapping[str, SkillIntent] = {intent.name: intent for intent in INTENTS}
BUILT_IN: Mapping[str, str] = {
    "AMAZON.HelpIntent": "help",
    "AMAZON.StopIntent": "stop",
    CANCEL: "cancel",
    "AMAZON.NavigateHomeIntent": "stop",
    "AMAZON.FallbackIntent": "out_of_scope",
    "AMAZON.YesIntent": "affirm",
    "AMAZON.NoIntent": "deny",
    "AMAZON.RepeatIntent": "repeat",
    "AMAZON.StartOverIntent": "cancel",
}
"""Amazon's own intents and what they mean here."""


def option_slot(name: str) -> str:
    """The slot of an option: letters and underscores are all that Amazon takes. "bag size" is `bag_size`.

    Empty where no letter is left.
    """
    letters = "".join(letter if letter.isascii() and letter.isalpha() else "_" for letter in name.lower())
    slot = "_".join(part for part in letters.split("_") if part)
    return f"option_{slot}" if slot in TYPES else slot
