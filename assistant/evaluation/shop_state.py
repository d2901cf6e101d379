"""What a turn did to the shop, against what its row expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.evaluation.labels import Effect, Line
from assistant.evaluation.scoring import is_named, label_of
from assistant.pipeline import Assistant, bound
from commerce import types
from commerce.types import OrderState

MOST_ORDERS = 200
"""Of a customer that are looked at."""


@dataclass(frozen=True, slots=True)
class State:
    """What of a shop one customer can change by voice."""

    orders: Mapping[str, types.Order]
    """By number."""
    returns: int
    basket: tuple[types.Line, ...]
    listed: tuple[str, ...]


def state_of(assistant: Assistant, session: str, customer: str | None) -> State:
    """As it stands now."""
    shop, aftercare, lists = assistant.shop, assistant.services.aftercare, assistant.services.lists
    orders = shop.orders_of(customer, MOST_ORDERS) if customer else ()
    owner = customer or bound(session, None)
    return State(
        orders={order.number: order for order in orders},
        returns=sum(len(aftercare.returns(order.number)) for order in orders) if aftercare else 0,
        basket=shop.basket(owner).lines,
        listed=tuple(item.text for one in lists.lists_of(owner) for item in one.open) if lists else (),
    )


def faults(expects: Effect, before: State, after: State, assistant: Assistant) -> tuple[str, ...]:
    """Where what happened differs from what was expected, in words; empty for success."""
    placed = [order.lines for number, order in after.orders.items() if number not in before.orders]
    found: list[str] = []
    if isinstance(expects.orders, int):
        if len(placed) != expects.orders:
            found.append(f"{len(placed)} orders placed, not {expects.orders}")
    else:
        found += _orders(expects.orders, placed, assistant)
    called_off = sum(_is_less(then, after.orders.get(number)) for number, then in before.orders.items())
    if called_off != expects.cancelled:
        found.append(f"{called_off} orders called off, not {expects.cancelled}")
    if after.returns - before.returns != expects.returned:
        found.append(f"{after.returns - before.returns} returns, not {expects.returned}")
    if expects.basket is not None:
        found += [f"basket: {one}" for one in _differences(expects.basket, after.basket, assistant)]
    if expects.listed is not None:
        wanted, listed = sorted(text.casefold() for text in expects.listed), sorted(map(str.casefold, after.listed))
        found += [f"list: {listed}, not {wanted}"] if wanted != listed else []
    return tuple(found)


def _is_less(then: types.Order, now: types.Order | None) -> bool:
    """Whether an order was called off since, wholly or in part."""
    if now is None:  # pushed out of the newest by others
        return False
    return now.lines != then.lines or (now.state is OrderState.CANCELLED) != (then.state is OrderState.CANCELLED)


def _orders(
    wanted: Sequence[Sequence[Line]], placed: Sequence[Sequence[types.Line]], assistant: Assistant
) -> list[str]:
    if len(wanted) != len(placed):
        return [f"{len(placed)} orders placed, not {len(wanted)}"]
    rest = list(placed)
    for lines in wanted:
        match = next((one for one in rest if not _differences(lines, one, assistant)), None)
        if match is None:
            return [f"order: {one}" for one in _differences(lines, rest[0], assistant)]
        rest.remove(match)
    return []


def _differences(wanted: Sequence[Line], lines: Sequence[types.Line], assistant: Assistant) -> list[str]:
    """Every line as expected and none besides, in any order."""
    rest, found = list(lines), list[str]()
    for line in wanted:
        same = [one for one in rest if is_named(line, assistant.shop.product_of(one.sku), one.sku)]
        right = next((one for one in same if not _line_fault(line, one, assistant)), None)
        if right is not None:
            rest.remove(right)
        elif same:
            found.append(_line_fault(line, same[0], assistant))
            rest.remove(same[0])
        else:
            found.append(f"no {line.products[0]}")
    return found + [f"{one.quantity} {one.title} besides" for one in rest]


def _line_fault(wanted: Line, line: types.Line, assistant: Assistant) -> str:
    if line.quantity != wanted.quantity:
        return f"{line.quantity} {line.title}, not {wanted.quantity}"
    product = assistant.shop.product_of(line.sku)
    variant = product.variant(line.sku) if product else None
    told = {option.name: label_of(option) for option in line.options} | dict(variant.selected if variant else {})
    defaults = {option.name: option.default for option in (product.options if product else ())}
    for name, value in wanted.options.items():
        if told.get(name, "").removesuffix("/some") != value.removesuffix("/some"):
            return f"{line.title}: {name} is {told.get(name, 'not chosen')}, not {value}"
    chosen = set(variant.selected) if variant else set()
    besides = {n: v for n, v in told.items() if n not in wanted.options and n not in chosen and v != defaults.get(n)}
    return f"{line.title}: {besides} besides" if besides else ""
