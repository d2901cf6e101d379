"""The benchmark's own rules: labels that can be right, judging, figures, mappings."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from benchmarks import understand
from benchmarks._figures import calibration, share, slot_f1
from benchmarks._judged import Judgement, judge
from benchmarks._outside import REFUSED, Outside
from benchmarks._requests import LANGUAGES, Request, requests_of, shop
from nlu.types import INTENTS, SLOTS, Candidate, Expectation, HeardLine, HeardOption, Slot, Understanding

MAPPINGS = Path(understand.__file__).with_name("mappings.yaml")
LEAST = {"en": 6, "sv": 4}


def slot(name: str, value: str | int | float | bool, said: str = "") -> Slot:
    return Slot(name, value, said, (0, 0))


def line(product: str | None, quantity: int = 1, unit: str | None = None, **options: str) -> HeardLine:
    chosen = tuple(HeardOption(name, value, None, value, (0, 0)) for name, value in options.items())
    found = (Candidate(product, 1.0),) if product else ()
    return HeardLine(product or "pizza", (0, 0), found, quantity, chosen, quantity != 1, unit)


def heard(intent: str, *parts: Slot | HeardLine) -> Understanding:
    slots = tuple(part for part in parts if isinstance(part, Slot))
    return Understanding("", intent, 0.9, "en", slots, tuple(part for part in parts if isinstance(part, HeardLine)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_names_what_there_is(language: str) -> None:
    products = {term.key for term in shop().terms if term.kind == "product"}
    attributes = {term.key for term in shop().terms if term.kind in ("attribute", "option")}
    requests = requests_of(language)
    for request in requests:
        assert set(request.intents) <= set(INTENTS), request
        assert set(request.slots) <= SLOTS | attributes | {"*"}, request
        for label in request.lines or ():
            named = label["product"] or []
            assert set([named] if isinstance(named, str) else named) <= products, request
        assert {*request.expects.listed} <= products, request
        assert request.choice <= {*request.expects.listed}, request
    assert len({request.text for request in requests}) == len(requests)
    counts = Counter((request.intents[0]) for request in requests)
    assert min(counts[intent] for intent in INTENTS) >= LEAST[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_halves_are_alike(language: str) -> None:
    halves = Counter(request.half for request in requests_of(language))
    assert abs(halves["dev"] - halves["test"]) <= 0.05 * halves.total()


def test_a_search_is_right_when_every_word_is_accounted_for() -> None:
    jacket = Request("a waterproof winter jacket under 200", "en", ("find_product",),
                     {"waterproof": True, "price_max": 20000, "query": "winter jacket"}, ())  # fmt: skip
    price, dry = slot("price_max", 20000, "under 200"), slot("waterproof", True, "waterproof")
    assert judge(jacket, heard("find_product", price, dry, slot("query", "winter jacket", "winter jacket"))).whole
    season = slot("season", "winter", "winter")
    assert judge(jacket, heard("find_product", price, dry, season, slot("category", "jackets", "jacket"))).whole
    assert not judge(jacket, heard("find_product", price, dry, season)).whole  # a winter what?
    assert not judge(jacket, heard("find_product", dry, slot("query", "winter jacket"))).whole
    assert not judge(jacket, heard("recommend", price, dry, slot("query", "winter jacket"))).whole
    extra = slot("rating_min", 4.0)
    assert judge(jacket, heard("find_product", price, dry, extra, slot("query", "winter jacket"))).added


def test_a_swedish_search_may_be_told_in_the_words_of_the_catalogue() -> None:
    boots = Request("finns det vandringskängor", "sv", ("find_product",), {"query": "vandringskängor"}, ())
    for told in ("vandringskängor", "vandrings kängor", "hiking boots"):
        found = replace(heard("find_product", slot("query", told, "vandringskängor")), language="sv")
        assert judge(boots, found).whole, told
    for told in ("boots", "kängor", "hiking boots berries"):
        found = replace(heard("find_product", slot("query", told, "vandringskängor")), language="sv")
        assert not judge(boots, found).whole, told


def test_what_is_not_wanted_must_not_become_a_wish() -> None:
    shoes = Request("shoes, nothing leather", "en", ("find_product",), {"exclude": "leather", "query": "shoes"}, ())
    query, without = slot("query", "shoes", "shoes"), slot("exclude", "leather", "leather")
    assert judge(shoes, heard("find_product", query, without)).whole
    assert judge(shoes, heard("find_product", query, without, slot("material", "leather", "leather"))).added


def test_lines_need_their_product_quantity_unit_and_choices_and_no_more() -> None:
    milk = {"product": ["whole-milk", "skim-milk"], "quantity": 2, "unit": "litre"}
    order = Request("two litres of milk", "en", ("add_to_basket",), {}, (milk,))
    assert judge(order, heard("add_to_basket", line("skim-milk", 2, "litre"))).whole
    assert judge(order, heard("add_to_basket", line("skim-milk", 2000, "millilitre"))).whole
    assert not judge(order, heard("add_to_basket", line("skim-milk", 2))).whole
    assert not judge(order, heard("add_to_basket", line("oat-milk", 2, "litre"))).whole
    assert not judge(order, heard("add_to_basket", line("skim-milk", 2, "litre"), line("rolled-oats"))).whole
    assert not judge(order, heard("add_to_basket", line("skim-milk", 2, "litre", size="large"))).whole


def test_a_thing_the_shop_does_not_have_is_a_line_without_candidates() -> None:
    pizza = Request("order a pizza", "en", ("add_to_basket",), {}, ({"product": None},))
    assert judge(pizza, heard("add_to_basket", line(None))).whole
    assert not judge(pizza, heard("add_to_basket", line("frozen-peas"))).whole
    assert not judge(pizza, heard("add_to_basket")).whole


def test_an_answer_may_stand_in_a_slot_or_on_a_line() -> None:
    oat = Request("oat please", "en", ("select_option",), {"milk": "oat milk"}, ())
    assert judge(oat, heard("select_option", slot("milk", "oat milk"))).whole
    assert judge(oat, heard("select_option", line("caffe-latte", milk="oat milk"))).whole
    assert not judge(oat, heard("select_option", slot("milk", "soy milk"))).whole
    code = Request("four seven one one", "en", ("give_value",), {"*": "4711"}, ())
    assert judge(code, heard("give_value", slot("order_number", "4711"))).whole
    assert not judge(code, heard("give_value", slot("order_number", "4712"))).whole


def test_what_was_listed_or_is_talked_about_may_be_told_by_name_or_place() -> None:
    listed = ("fjord-winter-jacket", "harbor-winter-parka")
    black = Request("the black one", "en", ("select_option",), {"colour": "black"}, (),
                    expects=Expectation(asked="choose", listed=listed), choice=frozenset({listed[1]}))  # fmt: skip
    for told in (slot("colour", "black"), slot("ordinal", 2), slot("ordinal", -1), line(listed[1])):
        assert judge(black, heard("select_option", told)).whole
    for told in (slot("colour", "blue"), slot("ordinal", 1), line(listed[0])):
        assert not judge(black, heard("select_option", told)).whole
    both = Request("two of those", "en", ("add_to_basket",), {"reference": "them", "quantity": 2}, (),
                   expects=Expectation(product_id="oat-milk"))  # fmt: skip
    assert judge(both, heard("add_to_basket", slot("reference", "them"), slot("quantity", 2))).whole
    assert judge(both, heard("add_to_basket", line("oat-milk", 2))).whole
    assert not judge(both, heard("add_to_basket", line("oat-milk"))).whole
    assert not judge(both, heard("add_to_basket", line("soy-milk", 2))).whole


def test_alternatives_and_what_may_be_left_out() -> None:
    request = Request("same as last time", "en", ("reorder",), {"reference": {"any": ["last_time", None]}}, ())
    assert judge(request, heard("reorder")).whole
    assert judge(request, heard("reorder", slot("reference", "last_time"))).whole
    strict = replace(request, slots={"reference": "usual"})
    assert not judge(strict, heard("reorder")).whole


def test_figures_come_with_intervals_and_calibration_is_zero_where_confidence_is_true() -> None:
    assert share([True] * 30 + [False] * 10)["share"] == 0.75
    low, high = share([True] * 30 + [False] * 10)["interval"]  # type: ignore[misc]
    assert 0.55 < low < 0.75 < high < 0.9
    assert calibration([0.75] * 40, [True] * 30 + [False] * 10) == 0
    assert calibration([0.95] * 40, [True] * 20 + [False] * 20) == pytest.approx(0.45)
    judged = Judgement(intent=True, found=3, missed=("a",), added=("b",), sentiment=True)
    assert slot_f1([judged])["f1"] == 0.75


def test_mappings_name_intents_of_ours_only() -> None:
    for mapping in yaml.safe_load(MAPPINGS.read_text(encoding="utf-8")).values():
        for kind in ("named", "talk"):
            assert {intent for right in mapping[kind].values() for intent in right} <= {*INTENTS, REFUSED}
        assert len(mapping["excluded"]) <= 5


def test_a_guess_does_not_count_and_a_doubt_about_nonsense_does() -> None:
    basket = Request("show basket", "en", ("show_basket",), {}, ())
    assert judge(basket, heard("show_basket")).whole
    assert not judge(basket, replace(heard("show_basket"), confidence=0.1)).whole
    weather = Request("will it rain", "en", ("out_of_scope",), {}, ())
    assert judge(weather, heard("out_of_scope")).whole
    assert judge(weather, replace(heard("affirm"), confidence=0.1)).whole
    assert not judge(weather, heard("affirm")).whole


def test_an_unsure_reading_counts_as_refused() -> None:
    taxi = Outside("call a taxi", "uber", "other", frozenset({REFUSED}))
    sure = heard("add_to_basket")
    assert not understand.is_right(taxi, sure)
    assert understand.is_right(taxi, replace(sure, confidence=0.1))
    assert understand.is_right(taxi, heard("out_of_scope"))


@pytest.mark.models
def test_the_command_prints_one_line_and_tells_errors_of_the_dev_half_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"en": requests_of("en")[::10]}
    monkeypatch.setattr(understand, "LANGUAGES", ("en",))
    monkeypatch.setattr(understand, "requests_of", few.__getitem__)
    understand.main(["--parts", "own", "--errors", str(tmp_path / "errors")])
    told = json.loads(capsys.readouterr().out)
    assert 0 < told["own"]["en"]["test"]["intent"]["share"] <= 1
    halves = {request.text: request.half for request in few["en"]}
    rows = [json.loads(row) for row in (tmp_path / "errors").read_text(encoding="utf-8").splitlines()]
    assert {halves[row["text"]] for row in rows} <= {"dev"}


def test_an_unknown_part_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        understand.main(["--parts", "nonsense"])
    assert "no part nonsense" in capsys.readouterr().err


@pytest.mark.models
def test_bad_input_is_refused_or_asked_about_and_never_raises(capsys: pytest.CaptureFixture[str]) -> None:
    understand.main(["--parts", "bad_input"])
    told = json.loads(capsys.readouterr().out)["bad_input"]
    assert {kind: figures["raised"] for kind, figures in told.items()} == dict.fromkeys(told, 0)
    assert sum(figures["refused"] for figures in told.values()) >= 0.9 * sum(one["texts"] for one in told.values())
