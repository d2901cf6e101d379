"""What a row of a manifest may say, as it comes from outside, and the plain labels it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

SlotLabel = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a request, a basket or an order as it should be."""

    products: tuple[str, ...]
    """Ids, SKUs or titles; any of them is right."""
    quantity: int = 1
    options: Mapping[str, str] = field(default_factory=dict)
    """Option -> label, or label/amount where it is dosed: 'sugar/a little'."""

    def told(self) -> dict[str, Any]:
        """As a manifest has it."""
        return {"product": list(self.products), "quantity": self.quantity, "options": dict(self.options)}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a turn should do to the shop. Orders, cancellations and returns are always checked: none is none."""

    orders: tuple[tuple[Line, ...], ...] | int = 0
    """The lines of each order placed, or only how many there are."""
    cancelled: int = 0
    """Orders called off, wholly or in part."""
    returned: int = 0
    """Returns asked for."""
    basket: tuple[Line, ...] | None = None
    """All that is in the basket afterwards; None: not checked."""
    listed: tuple[str, ...] | None = None
    """All that is on the shopping lists afterwards, in any order; None: not checked."""

    def told(self) -> dict[str, Any]:
        """As a manifest has it."""
        told: dict[str, Any] = {"cancelled": self.cancelled, "returned": self.returned, "orders": self.orders}
        if not isinstance(self.orders, int):
            told["orders"] = [[line.told() for line in lines] for lines in self.orders]
        if self.basket is not None:
            told["basket"] = [line.told() for line in self.basket]
        return told if self.listed is None else {**told, "list": list(self.listed)}


class LineEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    product: str | list[str]
    quantity: int = Field(default=1, ge=1)
    options: dict[str, str] = Field(default_factory=dict)

    def plain(self) -> Line:
        """As the label that figures are made from."""
        return Line(
            (self.product,) if isinstance(self.product, str) else tuple(self.product), self.quantity, self.options
        )


class EffectEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    orders: list[list[LineEntry]] | int = 0
    cancelled: int = Field(default=0, ge=0)
    returned: int = Field(default=0, ge=0)
    basket: list[LineEntry] | None = None
    listed: Sequence[str] | None = Field(default=None, alias="list")

    def plain(self) -> Effect:
        """As the label that figures are made from."""
        orders = self.orders if isinstance(self.orders, int) else tuple(_plain(lines) for lines in self.orders)
        basket = None if self.basket is None else _plain(self.basket)
        return Effect(
            orders, self.cancelled, self.returned, basket, None if self.listed is None else tuple(self.listed)
        )


class Entry(BaseModel):
    """One row; columns that are not named here are kept as tags."""

    model_config = ConfigDict(extra="allow")

    id: str | None = Field(default=None, min_length=1)
    file: str | None = Field(default=None, min_length=1)
    text: str | None = None
    language: str = "en"
    intent: str | list[str] | None = None
    slots: dict[str, SlotLabel] | None = None
    lines: list[LineEntry] | None = None
    expects: EffectEntry | None = None
    customer: str | None = None
    conversation: str | None = None
    heard_reply: bool = True
    kind: str | None = None

    @field_validator("conversation", "id", "customer", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value

    def tags(self) -> Mapping[str, str]:
        """Every other column that holds a plain value."""
        extra = self.model_extra or {}
        return {name: str(value) for name, value in extra.items() if isinstance(value, str | int | float | bool)}


def _plain(lines: Sequence[LineEntry]) -> tuple[Line, ...]:
    return tuple(line.plain() for line in lines)
