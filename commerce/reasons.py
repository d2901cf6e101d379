"""Why a shop says no: expected answers, each with words of its own."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    # to an order
    "out_of_stock",
    "price_changed",
    "declined",
    "not_for_sale",
    "unknown_customer",
    "expired",
    "empty",
    "payment_unknown",
    "discount_changed",
    "gone_since",
    # to its delivery
    "delivery_unknown",
    "delivery_elsewhere",
    "delivery_goods",
    "delivery_address",
    "delivery_changed",
    # to changing, cancelling or returning it
    "unknown_order",
    "busy",
    "order_changed",
    "unchanged",
    "packed",
    "shipped",
    "delivered",
    "returned",
    "cancelled",
    "not_delivered",
    "not_returnable",
    "return_over",
    "too_many",
    "unknown_reason",
    # to the merchant's next step
    "held",
    "too_early",
    "unknown_return",
    "settled",
]
"""'discount_changed': less is reserved for it than was quoted; 'gone_since': it has left the basket;
'delivery_elsewhere': not to that country; 'delivery_address': no address was given; 'delivery_changed': price or day is
not as quoted; 'busy': a change of the order is being paid; 'order_changed': since the change was proposed; 'packed' to
'cancelled': the order has come so far; 'return_over': the days for it are; 'too_many': more pieces than there are;
'held': the customer may still cancel; 'too_early': an earlier step is missing; 'settled': that return was decided."""
