"""Number words of a language: "twenty five", "a dozen", "the second", "one two seven four"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlu.phrases import Phrases

MOST_POSITIONS = 5
"""Of what was read out, at most."""
LARGEST = 10**12
"""Larger numbers are taken for this one: nobody means them."""


@dataclass(frozen=True, slots=True)
class NumberWords:
    """How a language says numbers, from its numbers.yaml."""

    simple: Mapping[str, int]
    """Words for 0..99 that stand alone."""
    scales: Mapping[str, int]
    """'hundred' -> 100."""
    phrases: Phrases[float]
    """'a couple of' -> 2, 'half a' -> 0.5; longest first."""
    fractions: Phrases[float]
    """What is added behind a number: 'and a half' -> 0.5."""
    digits: Mapping[str, int]
    """Further words for a digit in a spelled number: 'oh' -> 0."""
    doubles: Mapping[str, int]
    """Words that repeat the digit behind them: 'double' -> 2."""
    joiners: frozenset[str]
    """Words within a number: 'and'."""
    ones: frozenset[str]
    """Words that count as one before a scale: 'a' in "a hundred"."""
    ordinals: Mapping[tuple[str, ...], int]
    """'second' -> 2, 'last' -> -1."""
    before: tuple[str, ...]
    """Words that make a number a position: 'number'."""
    suffixes: tuple[str, ...]
    """Endings that make digits a position: 'nd' in "2nd"."""
    decimal: str
    spelled: Mapping[str, str]
    """'8' -> 'eight': how digits sound."""
    bare: bool
    """Whether a scale stands alone: Swedish "hundra" is a hundred."""
    compounds: frozenset[tuple[str, str]]
    """Tens and units that are written as one: ('tjugo', 'fem')."""
    spaced: bool
    """Whether thousands are set apart by a space: "2 000"."""
    longest_first: tuple[str, ...]
    """Every number word, for those written as one."""

    @staticmethod
    def from_table(table: Mapping[str, Any]) -> NumberWords:
        simple = {str(word): int(value) for word, value in {**table["units"], **table["tens"]}.items()}
        if table.get("compounds") == "true":
            for ten, value in table["tens"].items():
                simple |= {f"{ten}{unit}": value + one for unit, one in table["units"].items() if 0 < one < 10}
        glued = [(ten, unit) for ten in table["tens"] for unit, one in table["units"].items() if 0 < one < 10]
        spelled: dict[str, str] = {}
        for word, value in simple.items():
            spelled.setdefault(str(value), word)
        return NumberWords(
            simple=simple,
            scales=dict(table["scales"]),
            phrases=_phrases(table["phrases"]),
            fractions=_phrases(table["fractions"]),
            digits=dict(table["digits"]),
            doubles=dict(table["doubles"]),
            joiners=frozenset(table["joiners"]),
            ones=frozenset(table["ones"]),
            ordinals={tuple(phrase.split()): value for phrase, value in table["ordinals"].items()},
            before=tuple(table["before"]),
            suffixes=tuple(table["suffixes"]),
            decimal=table["decimal"],
            spelled=spelled,
            compounds=frozenset(glued if table.get("compounds") == "true" else ()),
            spaced=table.get("spaced") == "true",
            bare=table.get("bare_scales") == "true",
            longest_first=tuple(sorted({*simple, *table["scales"]}, key=len, reverse=True)),
        )

    def regexes(self, currencies: Mapping[str, Any]) -> dict[str, str]:
        """Regular expressions of the closed captures of templates; every word is followed by one space."""
        simple = self._simple()
        words = rf"(?:{simple}|{_either(self.scales)})"
        phrases = _either(" ".join(phrase) for phrase, _ in self.phrases.pairs)
        groups = r"(?: \d{3})*" if self.spaced else ""
        fraction = f"(?:{_either(' '.join(phrase) for phrase, _ in self.fractions.pairs)} )?"
        joiner = f"(?:{_either(self.joiners)} )?" if self.joiners else ""
        one = f"(?:{_either(self.ones)} (?={_either(self.scales)} ))?" if self.ones else ""
        number = rf"(?:{phrases} |{one}(?:\d[\d.,]*{groups}|{words}) (?:{joiner}{words} )*{fraction})"
        major = _either(word for entry in currencies.values() for word in entry["major"])
        minor = _either(word for entry in currencies.values() for word in entry["minor"])
        ordinal = _either(" ".join(phrase) for phrase in self.ordinals)
        spoken = rf"(?:{simple}|{_either(self.digits)})"
        order = rf"(?:\d{{4,}} |(?:(?:\d+|{spoken}) ){{2,}})"
        return {
            "number": number,
            "money": rf"(?:{major} )?{number}(?:{major} (?:{joiner}{number}{minor} )?|{minor} )?",
            "position": number,
            "ordinal": rf"(?:{ordinal} |{_either(self.before)} {number}|\d+ {_either(self.suffixes)} )",
            "order": order,
            "code": order,
        }

    def _simple(self) -> str:
        """The words of `simple`; compounds by their parts, since long lists take long to compile."""
        tens = {ten for ten, unit in self.compounds}
        units = {unit for ten, unit in self.compounds}
        glued = {f"{ten}{unit}" for ten, unit in self.compounds}
        rest = _either(word for word in self.simple if word not in glued and word not in tens)
        return rf"(?:{_either(tens)}{_either(units)}?|{rest})" if self.compounds else rest


def _phrases(table: Mapping[str, float]) -> Phrases[float]:
    """Words and their value, the longest first."""
    longest_first = sorted(table.items(), key=lambda item: -len(item[0]))
    return Phrases.of((tuple(phrase.split()), float(value)) for phrase, value in longest_first)


def _either(words: Any) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def read_number(words: Sequence[str], at: int, numbers: NumberWords) -> tuple[float, int] | None:
    """The number that begins at word `at` and the index after it, or None.

    "two hundred and fifty" is one number, and so is "two and a half".
    """
    read = _phrase(words, at, numbers.phrases) or _whole(words, at, numbers)
    if read is None:
        return None
    fraction = _phrase(words, read[1], numbers.fractions)
    return (read[0] + fraction[0], fraction[1]) if fraction else read


def _phrase(words: Sequence[str], at: int, phrases: Phrases[float]) -> tuple[float, int] | None:
    return next(((value, at + length) for length, value in phrases.at(words, at)), None)


def _whole(words: Sequence[str], at: int, numbers: NumberWords) -> tuple[float, int] | None:
    if at < len(words) and words[at][:1].isdecimal():
        amount = _digits(words[at], numbers.decimal)
        at += 1
        while numbers.spaced and at < len(words) and amount < 1000**3 and re.fullmatch(r"\d{3}", words[at]):
            amount, at = amount * 1000 + int(words[at]), at + 1
        while at < len(words) and words[at] in numbers.scales and amount < LARGEST:
            amount, at = amount * numbers.scales[words[at]], at + 1
        return min(amount, float(LARGEST)), at
    return _spelled_out(words, at, numbers)


def _digits(word: str, decimal: str) -> float:
    """ "1,000.50" in the language's own notation; one separator with one or two digits behind it is a decimal point."""
    group = "," if decimal == "." else "."
    if re.fullmatch(rf"\d+{re.escape(group)}\d{{1,2}}", word):
        word = word.replace(group, decimal)
    word = word.replace(group, "")
    if word.count(decimal) > 1:
        word = word.replace(decimal, "")
    return min(float(word.replace(decimal, ".")), float(LARGEST))


def _spelled_out(words: Sequence[str], at: int, numbers: NumberWords) -> tuple[float, int] | None:
    total = current = 0
    started, end, last = False, at, 0
    index = at
    while index < len(words):
        word = words[index]
        if total + current > LARGEST:
            break
        if word in numbers.simple:
            value = numbers.simple[word]
            # "twenty five" goes on; "one two", "zero two" and "five twenty" are two numbers.
            if started and (current or last == 0) and not (value < 10 and last >= 20 and last % 10 == 0) and last < 100:
                break
            current += value
            last = value
        elif word in numbers.ones and not started and _scale_follows(words, index, numbers):
            current = last = 1
        elif word in numbers.scales and (started or numbers.bare):
            scale = numbers.scales[word]
            current = max(current, 1) * scale
            if scale >= 1000:
                total, current = total + current, 0
            last = scale
        elif word in numbers.joiners and started and last >= 100 and _simple_follows(words, index, numbers):
            index += 1
            continue
        else:
            break
        started = True
        index += 1
        end = index
    return (float(min(total + current, LARGEST)), end) if started else None


def _scale_follows(words: Sequence[str], index: int, numbers: NumberWords) -> bool:
    return index + 1 < len(words) and words[index + 1] in numbers.scales


def _simple_follows(words: Sequence[str], index: int, numbers: NumberWords) -> bool:
    return index + 1 < len(words) and words[index + 1] in numbers.simple


def read_ordinal(words: Sequence[str], numbers: NumberWords) -> int | None:
    """A position, 1-based, -1 for the last: "second", "number two", "2nd". None where the words are no position."""
    phrase = tuple(words)
    if phrase in numbers.ordinals:
        return numbers.ordinals[phrase]
    if not phrase:
        return None
    if phrase[0] in numbers.before:
        read = read_number(phrase, 1, numbers)
        return int(read[0]) if read and read[0] >= 1 else None
    digits = re.match(r"\d+", phrase[0])
    return int(digits.group()) if digits else None


def read_ordinals(words: Sequence[str], numbers: NumberWords) -> tuple[int, ...]:
    """The positions that "the first two" or "the two last" name, counted from 1, or from -1 at the end; else none."""
    for at in range(len(words) - 1):
        for position, count in ((at, at + 1), (at + 1, at)):
            first, several = numbers.ordinals.get((words[position],)), numbers.simple.get(words[count], 0)
            if first in (1, -1) and 1 < several <= MOST_POSITIONS:
                return tuple(first * place for place in range(1, several + 1))[::first]
    return ()


def read_order_number(words: Sequence[str], numbers: NumberWords, least: int = 4) -> str | None:
    """A number read out as digits, at least `least` of them: "1274", "one two seven four", "twelve seventy four"."""
    digits, at = "", 0
    while at < len(words):
        word = words[at]
        if word.isdecimal():
            digits += word
            at += 1
        elif word in numbers.doubles and at + 1 < len(words):
            digit = numbers.digits.get(words[at + 1], numbers.simple.get(words[at + 1], 10))
            if digit > 9:
                return None
            digits += str(digit) * numbers.doubles[word]
            at += 2
        elif word in numbers.digits:
            digits += str(numbers.digits[word])
            at += 1
        else:
            read = _spelled_out(words, at, numbers)
            if read is None:
                return None
            digits += str(int(read[0]))
            at = read[1]
    return digits if len(digits) >= least else None
