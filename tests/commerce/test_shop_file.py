"""The merchant's own file: read whole or refused with the line, and asked by customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.booking import Wish
from commerce.hours import Span, SpecialDay, hours_on, moment_of, open_at, part_of_day
from commerce.refused import ImportRefused
from commerce.sample import SHOP_FILE
from commerce.shop_file import ShopFile, parse_shop_file, read_shop_file
from commerce.store.shop_files import ShopFiles
from commerce.store_info import in_language, place_named, question_like, told
from tests.commerce.diaries import free
from tests.commerce.goods import open_store, usd
from tests.databases import Databases

LEAST = """
name: Corner Shop
time_zone: Europe/Stockholm
hours:
  monday-friday: 09:00-18:00
places:
  - name: Corner
    address: 1 High Street
"""
WORKSHOP = """appointments:
  services:
    - {id: repair, title: repair, minutes: 30}
  staff:
    - {id: bo, name: Bo, services: repair}
"""


def read(text: str) -> ShopFile:
    return parse_shop_file(text, "shop.yaml")


def faults(text: str) -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        read(text)
    return list(refused.value.faults)


# --- what is taken


def test_the_least_file_is_a_shop_without_points_or_appointments() -> None:
    file = read(LEAST)
    (place,) = file.info.places
    assert (file.info.name, place.address, place.hours.zone) == ("Corner Shop", "1 High Street", "Europe/Stockholm")
    assert place.hours.week[0] == (Span(time(9), time(18)),)
    assert place.hours.week[6] == ()
    assert (file.loyalty, file.diary) == (None, None)


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        ("09:00-18:00", [(9, 18)]),
        ("9-18", [(9, 18)]),
        ("9.00 – 18.00", [(9, 18)]),
        ("13:00-18:00, 09:00-12:00", [(9, 12), (13, 18)]),
        ("18:00-24:00", [(18, 0)]),
        ("22:00-02:00", [(22, 2)]),
        ("closed", []),
        ("Closed", []),
    ],
)
def test_hours_are_written_as_people_write_them(written: str, spans: list[tuple[int, int]]) -> None:
    week = read(LEAST.replace("09:00-18:00", written)).info.places[0].hours.week
    assert week[0] == tuple(Span(time(begins), time(ends)) for begins, ends in spans)


def test_days_are_named_one_by_one_in_ranges_and_around_the_week() -> None:
    week = read(LEAST.replace("monday-friday: 09:00-18:00", "saturday-monday: 10-12\n  Wednesday: 8-9")).info.places[0]
    assert [len(spans) for spans in week.hours.week] == [1, 0, 1, 0, 0, 1, 1]


def test_special_days_are_a_date_every_year_or_a_range() -> None:
    special = "special_days:\n  12-24 to 12-26: {hours: 10-12, why: Christmas}\n  2026-07-01 to 2026-07-03: closed\n"
    hours = read(LEAST + special).info.places[0].hours
    assert hours_on(hours, date(2030, 12, 25)) == SpecialDay((Span(time(10), time(12)),), "Christmas")
    assert [hours_on(hours, date(2026, 7, day)).spans for day in (1, 3)] == [(), ()]
    assert hours_on(hours, date(2026, 7, 6)).spans == (Span(time(9), time(18)),)


def test_a_range_of_every_year_may_go_over_new_year() -> None:
    hours = read(LEAST + "special_days: {12-30 to 01-02: closed}\n").info.places[0].hours
    assert sorted(hours.yearly) == [(1, 1), (1, 2), (12, 30), (12, 31)]


def test_a_place_may_have_a_zone_and_hours_of_its_own_and_shares_special_days() -> None:
    text = LEAST + "  - {name: Dock, address: Pier 2, time_zone: Europe/London, hours: {sunday: 10-12}}\n"
    corner, dock = read(text + "special_days: {01-01: closed}\n").info.places
    assert (corner.hours.zone, dock.hours.zone, dock.hours.week[6]) == (
        "Europe/Stockholm",
        "Europe/London",
        (Span(time(10), time(12)),),
    )
    assert hours_on(dock.hours, date(2027, 1, 1)).spans == hours_on(corner.hours, date(2027, 1, 1)).spans == ()


def test_words_that_other_readers_of_yaml_take_for_something_else_stay_words() -> None:
    info = read(LEAST.replace("Corner Shop", "No") + "returns: yes\npayment: 2026-01-01\nshipping: 1_000\n").info
    assert (info.name, told(info, "returns", "en"), told(info, "payment", "en")) == ("No", "yes", "2026-01-01")
    assert told(info, "shipping", "en") == "1_000"


def test_services_staff_and_rules_are_read() -> None:
    text = LEAST + WORKSHOP.replace(
        "services: repair", "services: repair, days_off: [2026-06-01 to 2026-06-02], breaks: 12-13"
    )
    diary = read(text).diary
    assert diary is not None
    (bo,) = diary.staff
    monday = moment_of(date(2026, 5, 31), time(12), diary.zone)
    found = free(diary, Wish("repair", (part_of_day(date(2026, 6, 3), diary.zone),)), [], monday, limit=99)
    # Without hours of their own people work while the place is open.
    assert len(found.slots) == 16
    assert (bo.breaks, open_at(bo.hours, moment_of(date(2026, 6, 2), time(10), diary.zone))) == (
        (Span(time(12), time(13)),),
        None,
    )


def test_numbers_of_points_are_exact() -> None:
    rates = "points_per_unit: 0.1, bonus: {tea: 1.5}, tiers: [{name: A, from: 5, times: 1.1}]"
    loyalty = f"loyalty: {{{rates}, expires_after_days: 30, most_percent: 50}}\n"
    rules = read(LEAST + "currency: JPY\n" + loyalty).loyalty
    assert rules is not None
    assert (rules.per_unit, rules.bonus["tea"], rules.share, rules.minor_units) == (
        Fraction(1, 10),
        Fraction(3, 2),
        Fraction(1, 2),
        1,
    )
    assert (rules.expires, rules.tiers[0].times) == (timedelta(days=30), Fraction(11, 10))


# --- what is refused


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("name: Corner Shop", ""), "line 1: name: is missing."),
        (("09:00-18:00", "09:00-25:00"), "line 5: hours.monday-friday: give times from 00:00 to 24:00."),
        (("09:00-18:00", "[a]"), 'line 5: hours.monday-friday: give hours such as "09:00-18:00"'),
        (("09:00-18:00", "9-13, 12-18"), "line 5: hours.monday-friday: give hours that do not overlap."),
        (("09:00-18:00", "9-18\n  friday: 10-11"), "line 6: hours.friday: give each day once; friday"),
        (("09:00-18:00", "22-9\n  saturday: 8-9"), "line 4: hours: give hours that do not overlap"),
        (
            ("monday", "mondey"),
            'line 5: hours.mondey-friday: give days of the week; "mondey-friday" is none; did you mean',
        ),
        (("Europe/Stockholm", "Stockholm"), 'line 3: time_zone: "Stockholm": give a time zone of the IANA list'),
        (("Europe/Stockholm", "Europe/Stokholm"), 'did you mean "Europe/Stockholm"?'),
        (("places:", "place:"), 'line 6: place: is not a known key; did you mean "places"?'),
        (("address", "adress"), 'line 8: places 1.adress: is not a known key; did you mean "address"?'),
        (("name: Corner Shop", "name: [Corner]"), "line 2: name: give a text."),
        (("name: Corner Shop", "name: A\nname: B"), "line 3: name: is there twice; keep one."),
        (("name: Corner Shop", "name: A\ncontact: *x"), "line 3, column 10: not valid YAML: found undefined alias"),
        (
            ("Corner Shop", "&x Corner Shop\nreturns: *x"),
            "line 3: returns: stands for something above (* and &); write it out.",
        ),
        (("name: Corner Shop", "name: 'A"), "not valid YAML: found unexpected end of stream."),
        (
            ("name: Corner Shop", "special_days: {2026-02-30: closed}\nname: A"),
            "line 2: special_days.2026-02-30: give days as",
        ),
        (
            ("name: Corner Shop", "special_days: {12-24: {why: x}}\nname: A"),
            "special_days.12-24: give hours, or hours and why.",
        ),
        (("name: Corner Shop", "special_days: {12-24: closed, 12-23 to 12-25: closed}\nname: A"), "give each day once"),
        (("name: Corner Shop", "language: English\nname: A"), 'line 2: language: "English": give a code'),
        (
            ("name: Corner Shop", "questions: [{ask: [], answer: x}]\nname: A"),
            "line 2: questions 1.ask: give at least one.",
        ),
        (
            ("name: Corner Shop", "loyalty: {points_per_unit: many}\nname: A"),
            'loyalty.points_per_unit: "many": give a number.',
        ),
        (
            ("name: Corner Shop", "loyalty: {points_per_unit: 0}\nname: A"),
            'loyalty.points_per_unit: "0": give more than 0.',
        ),
        (
            ("name: Corner Shop", "loyalty: {points_per_unit: 1, earned: later}\nname: A"),
            "give one of: 'placed' or 'delivered'.",
        ),
    ],
)
def test_a_fault_names_the_line_the_key_and_what_to_give(change: tuple[str, str], fault: str) -> None:
    assert change[0] in LEAST
    assert any(fault in one for one in faults(LEAST.replace(*change, 1)))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            ("services: repair", "services: repiar"),
            'line 13: appointments.staff 1.services: "repiar" is no service; did you mean "repair"?',
        ),
        (
            ("services: repair", "services: repair, place: Dock"),
            'appointments.staff 1.place: "Dock" is no place; known: Corner.',
        ),
        (("minutes: 30", "minutes: 31"), 'line 11: appointments.services 1.minutes: "31": give a multiple of 5.'),
        (("minutes: 30", "minutes: 0"), 'appointments.services 1.minutes: "0": give at least 5.'),
        (
            ("minutes: 30}", "minutes: 30}\n    - {id: sale, title: sale, minutes: 30}"),
            'line 12: appointments.services 2.id: nobody does "sale"',
        ),
        (
            ("minutes: 30}", "minutes: 30}\n    - {id: repair, title: r, minutes: 30}"),
            '"repair" is the id of another service.',
        ),
        (
            ("  services:\n", "  every_minutes: 7\n  services:\n"),
            'line 10: appointments.every_minutes: "7": give one of:',
        ),
    ],
)
def test_faults_between_services_staff_and_places(change: tuple[str, str], fault: str) -> None:
    assert change[0] in WORKSHOP
    assert any(fault in one for one in faults(LEAST + WORKSHOP.replace(*change, 1)))


def test_every_fault_is_named_at_once() -> None:
    text = LEAST.replace("Europe/Stockholm", "Mars").replace("address", "adress").replace("09:00", "late")
    assert [one.split(": ")[1] for one in faults(text)] == ["line 3", "line 5", "line 8", "line 8"] or len(
        faults(text)
    ) == 4


@pytest.mark.parametrize(
    "text", ["", "[]", "x", "- a", "a: [", "\x00", "{" * 600, "? [a]\n: b", "!!python/object:os.system x"]
)
def test_what_is_no_shop_file_is_refused_with_a_sentence(text: str) -> None:
    assert all(one.startswith("shop.yaml: ") and one[-1] in ".?" for one in faults(text))


@given(st.text(alphabet=st.sampled_from("abc:-[]{}#&*!|>'\"%@`, \n\t0129"), max_size=60))
def test_no_text_is_answered_with_anything_but_a_refusal(text: str) -> None:
    with pytest.raises(ImportRefused):
        read(text)


KEYS = sorted(set(yaml.load(SHOP_FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)) - {"name"})


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(KEYS), st.sampled_from(["", "x", "[]", "[x]", "{}", "{x: y}", "{en: x}", "[[x]]", "-1", "9-18"]))
def test_a_key_with_any_other_value_is_taken_or_refused(key: str, value: str) -> None:
    content = yaml.load(SHOP_FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    content[key] = yaml.load(value, Loader=yaml.BaseLoader)
    try:
        read(yaml.safe_dump(content))
    except ImportRefused as refused:
        message = str(refused)
    else:
        message = key
    assert key in message


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="cannot be read: No such file"):
        read_shop_file(tmp_path / "none.yaml")
    (tmp_path / "shop.yaml").write_bytes(b"name: \xff")
    with pytest.raises(ImportRefused, match="byte 6 is not UTF-8"):
        read_shop_file(tmp_path / "shop.yaml")


# --- what customers ask


SAMPLE = read_shop_file(SHOP_FILE)


def test_a_topic_is_told_in_the_language_asked_for_or_in_the_shops_own() -> None:
    assert "thirty days" in told(SAMPLE.info, "returns", "en")
    assert "trettio dagar" in told(SAMPLE.info, "returns", "sv")
    assert told(SAMPLE.info, "returns", "fr") == told(SAMPLE.info, "returns", "en")
    assert told(read(LEAST).info, "returns", "en") == ""
    assert in_language({"sv": "hej"}, "de", "en") == "hej"


def test_a_place_is_found_by_some_of_its_words() -> None:
    main, market = SAMPLE.info.places
    assert place_named(SAMPLE.info) == main
    assert place_named(SAMPLE.info, "the market") == place_named(SAMPLE.info, "coffee bar") == market
    assert place_named(SAMPLE.info, "Paris") is None


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("can I bring my dog", "Dogs are welcome"),
        ("are dogs allowed", "Dogs are welcome"),
        ("får hunden följa med in", "Dogs are welcome"),
        ("is there parking nearby", "four free places"),
        ("where can I park", "four free places"),
        ("do you rent out tents", "do not rent out"),
        ("can I buy a gift card", "till"),
        ("do you repair boots", None),
        ("can I pay with a cheque", None),
        ("where is my parcel", None),
        ("", None),
    ],
)
def test_the_merchants_own_questions_are_found_by_their_words(asked: str, answer: str | None) -> None:
    found = question_like(SAMPLE.info, asked)
    if answer is None:
        assert found is None
    else:
        assert found is not None
        assert answer in found.answer["en"]


def test_the_sample_shop_is_open_takes_points_and_appointments() -> None:
    assert SAMPLE.loyalty is not None
    assert SAMPLE.diary is not None
    assert [person.name for person in SAMPLE.diary.staff] == ["Maja", "Samuel"]
    friday = moment_of(date(2026, 11, 27), time(10), SAMPLE.diary.zone)
    assert open_at(SAMPLE.info.places[0].hours, friday) is not None
    assert SAMPLE.diary.services[1].price == usd(2500)
    thanksgiving = hours_on(SAMPLE.info.places[0].hours, date(2026, 11, 26))
    assert (thanksgiving.spans, thanksgiving.why) == ((), "Thanksgiving")


# --- kept in the database


@pytest.fixture
def files(shared: Databases) -> Iterator[ShopFiles]:
    store, _ = open_store(shared.new())
    yield ShopFiles(store._engine)
    store._engine.dispose()


def test_the_file_put_last_counts_for_everybody(files: ShopFiles) -> None:
    elsewhere = ShopFiles(files._engine)
    assert (files.current(), files.info(), files.loyalty(), files.diary()) == (None, None, None, None)
    assert files.put(LEAST, "shop.yaml") == elsewhere.current() == read(LEAST)
    changed = LEAST.replace("Corner Shop", "Kiosk") + WORKSHOP
    files.put(changed, "shop.yaml")
    info, diary = elsewhere.info(), elsewhere.diary()
    assert info is not None
    assert diary is not None
    assert (info.name, diary.staff[0].name) == ("Kiosk", "Bo")


def test_a_refused_file_leaves_the_one_before(files: ShopFiles) -> None:
    files.put(LEAST, "shop.yaml")
    with pytest.raises(ImportRefused, match=r"new\.yaml: line 1: name: is missing"):
        files.put("language: en", "new.yaml")
    assert files.current() == read(LEAST)


def test_the_clock_of_the_place_says_whether_it_is_open() -> None:
    shop = SAMPLE.info.places[0].hours
    assert open_at(shop, datetime.fromisoformat("2026-11-23T13:59:00+00:00")) is None
    assert open_at(shop, datetime.fromisoformat("2026-11-23T14:00:00+00:00")) is not None
