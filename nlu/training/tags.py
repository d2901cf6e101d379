"""Which pools of words carry which tag."""

from __future__ import annotations

from nlu.model import TAGS

_POOLS = {
    "item": "wish wish_one item ordered known_thing known_sized known_branded kept refill "
    "old_thing one_item served measured chosen stuff_of correction told_apart choice grocery countable "
    "drink thing things garment pairs gadget home gift brand "
    "size colour quality topping_c colour_c correction_bare invented milk_short activity_tagged "
    "sized letter_size changed changed_a colour_right behind dozens odd_thing odd_thing_bare recounted shots "
    "thing_def pairs_def grocery_def drink_def drinks countables drink_word drink_said drink_tail drink_extra "
    "quality_a colour_a material clause clause_o bought known_bare counted_known shoe",
    "exclude": "excluded",
    "price": "price budget money value_money",
    "rating": "stars star_count",
    "date": "date future past past_o value_date value_past correction_date weekday",
    "time": "time value_time",
    "number": "number value_number",
    "ordinal": "ordinal num1",
    "quantity": "value_count num_value num_count",
    "reference": "it reference past_order listed_ones both_of_them",
    "recipient": "recipient recipient_bare",
    "occasion": "occasion",
    "person": "value_name",
    "place": "place value_address address town",
    "service": "service service1",
    "staff": "staff",
    "reason": "reason reason2",
    "old": "uncorrected old_date size_old colour_old size_o old_count",
}
TAG_OF = {pool: tag for tag, pools in _POOLS.items() for pool in pools.split()}
"""Pool name -> tag; words of other pools are tagged 'O', or as their own pools are."""

if unknown := set(TAG_OF.values()) - set(TAGS):
    raise ValueError(f"tags that the model does not know: {sorted(unknown)}")
