"""Words a reply: phrases of a language pack filled with typed values, once for the screen and once for the ear."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_currency_precision

from assistant.phrases.book import BadPhrases, Phrases
from assistant.phrases.ear import aloud, called, called_aloud, labels_at_the_end
from assistant.types import Choices, Mood, Phrase, Priced, Say, Value, Verbatim, Word
from commerce.types import Line, LineOption, Money

SOON_DAYS = 6
"""A day at most this far ahead is named by its weekday, a later one by its date."""
AMOUNTS = 5_000
"""Amounts whose form on the screen is kept: a shop has so many prices, and says each often."""
AGAIN = "again"
"""What is said again because the customer asked for it."""
SENTENCE_ENDS = re.compile(r"(?<=[.?!]) ")


@dataclass(frozen=True, slots=True)
class Wording:
    """The phrases of one language, the day they are spoken on, and what they follow."""

    language: str
    phrases: Phrases
    today: date
    mood: Mood = "calm"
    """A phrase with a form for this mood is said in it."""
    last: str = ""
    """The text said last: of a phrase's variants the one that repeats least of it is taken."""

    def word(self, says: Sequence[Say], turn: int) -> Verbatim:
        """The reply's text and speech; `turn` picks among variants that repeat equally little.

        Raises BadPhrases where the pack has no such key or value.
        """
        said = Verbatim("", "")
        for say in says:
            part = self._phrase(say, turn, f"{self.last} {said.text}")
            said = Verbatim(f"{said.text} {part.text}".strip(), f"{said.speech} {part.speech}".strip())
        repeated = said.text == self.last and AGAIN not in [say.key for say in says]
        return self._fill("as_said", {"words": said}, turn) if repeated else said

    def _phrase(self, phrase: Phrase, turn: int, heard: str = "") -> Verbatim:
        values = {name: self._value(value, turn) for name, value in phrase.values.items()}
        counts = [value for value in phrase.values.values() if type(value) is int]
        key = self._form(phrase.key, counts[0] if len(counts) == 1 else None)
        return self._fill(key, values, turn, heard)

    def _form(self, key: str, count: int | None) -> str:
        """The key in the customer's mood and for this many, as far as the pack tells them apart."""
        if f"{key}.{self.mood}" in self.phrases:
            key = f"{key}.{self.mood}"
        if count is not None:
            counted = f"{key}.{Locale.parse(self.language).plural_form(count)}"
            key = counted if counted in self.phrases else key
        return key

    def _fill(self, key: str, values: Mapping[str, Verbatim], turn: int = 0, heard: str = "") -> Verbatim:
        texts = self._variants(key)
        speeches = self.phrases.get(f"{key}.speech", texts)
        told = set(SENTENCE_ENDS.split(heard))
        filled = []
        for place in range(turn, turn + len(texts)):
            text, speech = texts[place % len(texts)], speeches[place % len(speeches)]
            filled.append(self._filled(key, self._unsorry(text), self._unsorry(speech), values))
        return min(filled, key=lambda one: len(told & set(SENTENCE_ENDS.split(one.text))))

    def _unsorry(self, phrase: str) -> str:
        """The phrase as the angry hear it: they have been told sorry, and once will do."""
        if self.mood == "frustrated":
            for words in self.phrases["apology.words"]:
                phrase = phrase.replace(words, "")
        return phrase

    def _filled(self, key: str, text: str, speech: str, values: Mapping[str, Verbatim]) -> Verbatim:
        try:
            return Verbatim(
                _capital(text.format(**{name: value.text for name, value in values.items()})),
                _capital(speech.format(**{name: value.speech for name, value in values.items()})),
            )
        except KeyError as missing:
            raise BadPhrases(f"{self.language}: phrase {key} wants {missing}, which it is not given") from missing

    def _variants(self, key: str) -> tuple[str, ...]:
        try:
            return self.phrases[key]
        except KeyError:
            raise BadPhrases(f"{self.language}: no phrase {key}") from None

    def _value(self, value: Value, turn: int) -> Verbatim:
        match value:
            case Verbatim():
                return value
            case Phrase():
                return self._phrase(value, turn)
            case Priced(title, price):
                return self._fill("priced", {"title": self._title(title), "price": self._value(price, turn)})
            case Line():
                return self._line(value)
            case Choices(labels):
                return self._joined([self._value(Word(label), turn) for label in labels], "list.or")
            case tuple():
                return self._joined([self._value(part, turn) for part in value], "list.and")
            case _:
                return self._single(value)

    def _single(self, value: str | int | float | Money | date | time | Word) -> Verbatim:
        match value:
            case Money():
                return Verbatim(self._money(value), self._money_in_words(value))
            case Word(word, many):
                return Verbatim(called(word, self.phrases, many), called_aloud(word, self.phrases, many))
            case date():
                return _same(self._day(value))
            case time():
                return _same(self._clock(value))
            case int() | float():
                shown = str(format_decimal(value, locale=self.language))
                return Verbatim(shown, str(value) if isinstance(value, int) else shown)
            case _:
                return self._title(value)

    def _title(self, title: str) -> Verbatim:
        """A title, or any other text: labels it ends in are said as choices are."""
        name, labels = labels_at_the_end(title, self.phrases)
        parts = [Verbatim(name, aloud(name, self.phrases)), *(self._single(Word(label)) for label in labels)]
        return Verbatim(", ".join(part.text for part in parts), ", ".join(part.speech for part in parts))

    def _joined(self, parts: Sequence[Verbatim], key: str) -> Verbatim:
        if len(parts) < 2:
            return parts[0] if parts else _same("")
        before = Verbatim(", ".join(part.text for part in parts[:-1]), ", ".join(part.speech for part in parts[:-1]))
        return self._fill(key, {"all_but_last": before, "last": parts[-1]})

    def _line(self, line: Line) -> Verbatim:
        parts = [self._title(line.title), *(self._option(option) for option in line.options)]
        title = Verbatim(", ".join(part.text for part in parts), ", ".join(part.speech for part in parts))
        values = {"title": title, "quantity": _same(str(line.quantity))}
        return self._fill("line" if line.quantity == 1 else "line.many", values)

    def _option(self, option: LineOption) -> Verbatim:
        value = self._single(Word(option.value))
        return value if option.amount is None else self._fill(f"option.amount.{option.amount}", {"value": value})

    def _money(self, money: Money, format_type: Literal["standard", "name"] = "standard") -> str:
        return _amount(money, self.language, format_type)

    def _money_in_words(self, money: Money) -> str:
        """ "24 dollars and 50 cents"; a currency the pack does not name is called as CLDR does."""
        places = get_currency_precision(money.currency)
        major, minor = divmod(money.minor, 10**places)
        names = self.phrases.get(f"money.{money.currency}")
        if names is None:
            return self._money(money, format_type="name")
        whole = (names[0] if major == 1 else names[1]).format(count=major)
        rest = (names[2] if minor == 1 else names[3]).format(count=minor)
        if minor == 0:
            return whole
        return self._fill("money.and", {"major": _same(whole), "minor": _same(rest)}).text if major else rest

    def _clock(self, clock: time) -> str:
        """As people say it: "6 PM", "9:30 AM", and where a day has 24 hours "18" and "9:30"."""
        shown = str(format_time(clock, "short", locale=self.language)).replace("\u202f", " ")  # too narrow to be spoken
        hour = shown.lstrip("0") if clock.hour else shown
        return hour.replace(":00", "") if clock.minute == 0 and clock.hour else hour

    def _day(self, day: date) -> str:
        away = (day - self.today).days
        near = {0: "day.today", 1: "day.tomorrow", -1: "day.yesterday"}.get(away)
        if near:
            return self._variants(near)[0]
        locale = Locale.parse(self.language)
        soon = 0 < away <= SOON_DAYS
        pattern = "EEEE" if soon else "d MMMM" if day.year == self.today.year else "d MMMM y"
        named = _same(str(format_date(day, pattern, locale=locale)))
        return self._fill("day.on" if soon else "day.date", {"day": named}).text


@lru_cache(AMOUNTS)
def _amount(money: Money, language: str, format_type: Literal["standard", "name"]) -> str:
    amount = money.minor / 10 ** get_currency_precision(money.currency)
    return str(format_currency(amount, money.currency, locale=language, format_type=format_type))


def _same(text: str) -> Verbatim:
    return Verbatim(text, text)


def _capital(sentence: str) -> str:
    """A finished sentence starts with a capital; a part of one stays as it is."""
    return sentence[0].upper() + sentence[1:] if sentence.endswith((".", "?", "!")) else sentence
