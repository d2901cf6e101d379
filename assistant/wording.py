"""Words a reply: phrases of a language pack filled with typed values, once for the screen and once for the ear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from importlib.resources import files

import yaml
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_precision

from assistant.types import Choices, Phrase, Priced, Say, Value, Verbatim
from commerce.types import Line, LineOption, Money

SOON_DAYS = 6
"""A day at most this far ahead is named by its weekday, a later one by its date."""


class BadPhrases(ValueError):
    """A language pack that lacks a key or fills a name the dialogue does not give."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The phrases of one language and the day they are spoken on."""

    language: str
    phrases: Mapping[str, tuple[str, ...]]
    today: date

    def word(self, says: Sequence[Say], turn: int) -> Verbatim:
        """The reply's text and speech; `turn` picks among variants so that neighbouring turns differ.

        Raises BadPhrases where the pack has no such key or value.
        """
        both = [self._phrase(say, turn) for say in says]
        return Verbatim(" ".join(said.text for said in both), " ".join(said.speech for said in both))

    def _phrase(self, phrase: Phrase, turn: int) -> Verbatim:
        values = {name: self._value(value, turn) for name, value in phrase.values.items()}
        return self._fill(phrase.key, values, turn)

    def _fill(self, key: str, values: Mapping[str, Verbatim], turn: int = 0) -> Verbatim:
        text = self._variant(key, turn)
        speech = self._variant(f"{key}.speech", turn) if f"{key}.speech" in self.phrases else text
        try:
            return Verbatim(
                _capital(text.format(**{name: value.text for name, value in values.items()})),
                _capital(speech.format(**{name: value.speech for name, value in values.items()})),
            )
        except KeyError as missing:
            raise BadPhrases(f"{self.language}: phrase {key} wants {missing}, which it is not given") from missing

    def _variant(self, key: str, turn: int) -> str:
        try:
            variants = self.phrases[key]
        except KeyError:
            raise BadPhrases(f"{self.language}: no phrase {key}") from None
        return variants[turn % len(variants)]

    def _value(self, value: Value, turn: int) -> Verbatim:
        match value:
            case Verbatim():
                return value
            case Phrase():
                return self._phrase(value, turn)
            case Money():
                return Verbatim(self._money(value), self._money_in_words(value))
            case Priced(title, price):
                return self._fill("priced", {"title": _same(title), "price": self._value(price, turn)})
            case Line():
                return self._line(value)
            case Choices(labels):
                return self._joined([_same(label) for label in labels], "list.or")
            case tuple():
                return self._joined([self._value(part, turn) for part in value], "list.and")
            case date():
                return _same(self._day(value))
            case time():
                return _same(self._clock(value))
            case _:
                return _same(str(value))

    def _joined(self, parts: Sequence[Verbatim], key: str) -> Verbatim:
        if len(parts) < 2:
            return parts[0] if parts else _same("")
        before = Verbatim(", ".join(part.text for part in parts[:-1]), ", ".join(part.speech for part in parts[:-1]))
        return self._fill(key, {"all_but_last": before, "last": parts[-1]})

    def _line(self, line: Line) -> Verbatim:
        title = ", ".join([line.title, *(self._option(option) for option in line.options)])
        values = {"title": _same(title), "quantity": _same(str(line.quantity))}
        return self._fill("line" if line.quantity == 1 else "line.many", values)

    def _option(self, option: LineOption) -> str:
        if option.amount is None:
            return option.value
        return self._fill(f"option.amount.{option.amount}", {"value": _same(option.value)}).text

    def _money(self, money: Money) -> str:
        places = get_currency_precision(money.currency)
        return str(format_currency(money.minor / 10**places, money.currency, locale=self.language))

    def _money_in_words(self, money: Money) -> str:
        names = self.phrases.get(f"money.{money.currency}")
        if names is None:
            return self._money(money)
        major, minor = divmod(money.minor, 10 ** get_currency_precision(money.currency))
        whole = (names[0] if major == 1 else names[1]).format(count=major)
        rest = (names[2] if minor == 1 else names[3]).format(count=minor)
        if minor == 0:
            return whole
        return self._fill("money.and", {"major": _same(whole), "minor": _same(rest)}).text if major else rest

    def _clock(self, clock: time) -> str:
        """As people say it: "6 PM", "9:30 AM", "18:30"; the locale's narrow space would not be spoken."""
        shown = str(format_time(clock, "short", locale=self.language)).replace("\u202f", " ")
        return shown.replace(":00 ", " ")

    def _day(self, day: date) -> str:
        away = (day - self.today).days
        near = {0: "day.today", 1: "day.tomorrow", -1: "day.yesterday"}.get(away)
        if near:
            return self._variant(near, 0)
        locale = Locale.parse(self.language)
        soon = 0 < away <= SOON_DAYS
        pattern = "EEEE" if soon else "d MMMM" if day.year == self.today.year else "d MMMM y"
        named = _same(str(format_date(day, pattern, locale=locale)))
        return self._fill("day.on" if soon else "day.date", {"day": named}).text


def read_phrases(language: str) -> Mapping[str, tuple[str, ...]]:
    """The phrases of a language pack, key -> variants. Raises BadPhrases where there is no such pack."""
    return _read(language)


def sentence(language: str, key: str) -> str:
    """A phrase that needs no values, for where there is no turn to word."""
    return read_phrases(language)[key][0]


@cache
def _read(language: str) -> Mapping[str, tuple[str, ...]]:
    file = files("assistant.phrases") / f"{language}.yaml"
    if not file.is_file():
        raise BadPhrases(f"no phrases for language {language!r}")
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {key: tuple(value) if isinstance(value, list) else (str(value),) for key, value in content.items()}


def _same(text: str) -> Verbatim:
    return Verbatim(text, text)


def _capital(sentence: str) -> str:
    """A finished sentence starts with a capital; a part of one stays as it is."""
    return sentence[0].upper() + sentence[1:] if sentence.endswith((".", "?", "!")) else sentence
