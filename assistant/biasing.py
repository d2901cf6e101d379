"""What is likely to be said next, for the speech recogniser: sentences and words made from the catalogue and the state.

Whole example sentences steer Whisper better than a list of words alone; both together do best. A short answer to a
yes-or-no question is told as a sentence too: in a list it makes other short words vanish.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice

from assistant.acts import AboutOrder
from assistant.phrases.book import read_phrases
from assistant.types import Session
from commerce.ports import ReadOnlyShop
from commerce.types import Option, Product

MOST_SENTENCES = 4
MOST_WORDS = 40
SMALL = 40
"""A catalogue of at most this many products is told whole."""


def hints_for(session: Session, shop: ReadOnlyShop) -> tuple[str, ...]:
    """Sentences (they end in . ? or !), then words and phrases, each most likely first."""
    phrases = read_phrases(session.language)
    about = list(_talked_about(session, shop))
    products = about or _told_whole(shop)
    answers = phrases.get(f"hint.answers.{session.asked}", ())
    whole = [answer for answer in answers if answer.endswith(".")]
    sentences = (*whole, *islice(_sentences(products, phrases), MOST_SENTENCES))
    words = [*(answer for answer in answers if answer not in whole), *_words(products)]
    if not about and len(products) == 0:
        words += _usual(session, shop)
    return (*sentences, *list(dict.fromkeys(word.lower() for word in words))[:MOST_WORDS])


def _talked_about(session: Session, shop: ReadOnlyShop) -> Iterator[Product]:
    """The product an option was asked for, those read out, those in the pending order."""
    drafted = [product_id for draft in session.drafts[:1] for product_id in draft.product_ids]
    skus = [
        *session.listed,
        *(line.sku for line in (session.pending.lines if isinstance(session.pending, AboutOrder) else ())),
    ]
    found = [*(shop.product(product_id) for product_id in drafted), *(shop.product_of(sku) for sku in skus)]
    seen: set[str] = set()
    for product in found:
        if product is not None and product.id not in seen:
            seen.add(product.id)
            yield product


def _told_whole(shop: ReadOnlyShop) -> list[Product]:
    products = list(shop.products())
    return products if len(products) <= SMALL else []


def _usual(session: Session, shop: ReadOnlyShop) -> list[str]:
    """What a customer of a large shop bought lately."""
    if session.customer_id is None:
        return []
    return [line.title for order in shop.orders_of(session.customer_id, limit=3) for line in order.lines]


def _sentences(products: Sequence[Product], phrases: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Orders as people say them; the choices and doses change from one to the next, so that each is heard once."""
    dosed = cycle(phrases["hint.dosed"])
    openings = cycle(phrases["hint.order"])
    with_options = [product for product in products if product.options]
    for number in range(MOST_SENTENCES if with_options else 0):
        product = with_options[number % len(with_options)]
        plain = [_nth(option, number) for option in product.options if not option.amounts]
        item = phrases["hint.item"][0].format(choices=" ".join(plain), title=product.title.lower()).strip()
        doses = [next(dosed).format(value=_nth(option, number)) for option in product.options if option.amounts][:2]
        if doses:
            extras = (
                doses[0] if len(doses) == 1 else phrases["list.and"][0].format(all_but_last=doses[0], last=doses[1])
            )
            item = phrases["hint.item.with"][0].format(item=item, extras=extras)
        yield next(openings).format(item=item)


def _nth(option: Option, number: int) -> str:
    return option.choices[number % len(option.choices)].label


def _words(products: Sequence[Product]) -> list[str]:
    titles = [product.title for product in products]
    return titles + [choice.label for product in products for option in product.options for choice in option.choices]
