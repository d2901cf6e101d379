"""Days and times of both languages, relative to Wednesday 3 December 2025."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.dates import When, read_dates, read_times
from nlu.heard import listen
from nlu.language import load_language

TODAY = date(2025, 12, 3)


def days(text: str, code: str, past: bool = False, asked: bool = False) -> list[str]:
    language = load_language(code)
    heard = listen(text, language)
    found = read_dates(heard, range(len(heard.words)), language, When(TODAY, past, asked))
    return [str(slot.value) for slot in found.slots]


def times(text: str, code: str, asked: bool = False) -> list[str]:
    language = load_language(code)
    heard = listen(text, language)
    return [str(slot.value) for slot in read_times(heard, range(len(heard.words)), language, asked).slots]


@pytest.mark.parametrize(
    ("english", "swedish", "day"),
    [
        ("tomorrow morning", "i morgon bitti", "2025-12-04"),
        ("the day after tomorrow", "i övermorgon", "2025-12-05"),
        ("on Friday", "på fredag", "2025-12-05"),
        ("on Wednesday", "på onsdag", "2025-12-10"),
        ("next Friday", "nästa fredag", "2025-12-12"),
        ("last Friday", "i fredags", "2025-11-28"),
        ("in two weeks", "om två veckor", "2025-12-17"),
        ("three days ago", "för tre dagar sedan", "2025-11-30"),
        ("the third of March", "den tredje mars", "2026-03-03"),
        ("December 21st", "den 21 december", "2025-12-21"),
        ("12 December 2026", "12 december 2026", "2026-12-12"),
        ("next week", "nästa vecka", "2025-12-08/2025-12-14"),
        ("this weekend", "i helgen", "2025-12-06/2025-12-07"),
        ("last month", "förra månaden", "2025-11-01/2025-11-30"),
        ("from Monday to Wednesday", "från måndag till onsdag", "2025-12-08/2025-12-10"),
        ("in January", "i januari", "2026-01-01/2026-01-31"),
        ("since January", "sedan januari", "2025-01-01/2025-12-03"),
        ("the 5th of next month", "den femte nästa månad", "2026-01-05"),
        ("on Christmas Eve", "på julafton", "2025-12-24"),
        ("2025-12-10", "2025-12-10", "2025-12-10"),
        ("last year", "i fjol", "2024-01-01/2024-12-31"),
    ],
)
def test_a_day_is_read_relative_to_the_customers_day(english: str, swedish: str, day: str) -> None:
    assert (days(english, "en"), days(swedish, "sv")) == ([day], [day])


def test_an_earlier_order_was_placed_on_a_day_that_has_been() -> None:
    assert days("the order from Monday", "en", past=True) == ["2025-12-01"]
    assert days("beställningen från den tredje mars", "sv", past=True) == ["2025-03-03"]


def test_a_bare_day_of_the_month_counts_only_where_a_day_was_asked_for() -> None:
    assert days("the fifth", "en") == []
    assert days("the fifth", "en", asked=True) == ["2025-12-05"]
    assert days("den femte", "sv", asked=True) == ["2025-12-05"]


@pytest.mark.parametrize("text", ["the 31st of June", "February 30th", "the third one", "may I have it", "a jacket"])
def test_what_the_calendar_does_not_have_is_no_day(text: str) -> None:
    assert days(text, "en") == []


@pytest.mark.parametrize(
    ("english", "swedish", "time"),
    [
        ("at half past three", "klockan halv fyra", "15:30"),
        ("at quarter to five", "kvart i fem", "16:45"),
        ("at ten in the morning", "klockan tio på förmiddagen", "10:00"),
        ("at 16:15", "klockan 16.15", "16:15"),
        ("at 4 pm", "klockan fyra på eftermiddagen", "16:00"),
        ("half past five in the evening", "halv sex på kvällen", "17:30"),
        ("after lunch", "efter lunch", "afternoon"),
        ("in the evening", "på kvällen", "evening"),
        ("at noon", "vid lunch", "12:00"),
        ("ten past two", "tio över två", "14:10"),
    ],
)
def test_a_time_is_a_clock_time_or_a_part_of_the_day(english: str, swedish: str, time: str) -> None:
    assert (times(english, "en"), times(swedish, "sv")) == ([time], [time])


def test_a_bare_number_is_a_time_only_where_one_was_asked_for() -> None:
    assert times("three", "en") == []
    assert times("three", "en", asked=True) == ["15:00"]


@settings(max_examples=150, deadline=None)
@given(
    words=st.lists(
        st.sampled_from(
            [
                "on",
                "the",
                "of",
                "in",
                "next",
                "last",
                "to",
                "from",
                "31",
                "29",
                "february",
                "march",
                "friday",
                "week",
                "99",
                "second",
                "0",
                "ago",
                "half",
                "past",
            ]
        ),
        max_size=8,
    ),
    today=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_any_words_give_days_of_the_calendar_or_none(words: list[str], today: date) -> None:
    language = load_language("en")
    heard = listen(" ".join(words), language)
    for slot in read_dates(heard, range(len(heard.words)), language, When(today, asked=True)).slots:
        start, _, end = str(slot.value).partition("/")
        assert date.fromisoformat(start) <= date.fromisoformat(end or start)
