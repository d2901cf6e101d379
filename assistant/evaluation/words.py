"""Words heard against words said, by jiwer, after both are written one way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import jiwer

_SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_SMALL += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety"}
_NUMBER_WORDS = "|".join([*_SMALL, *_TENS.values()])
_SIGNS = {"%": " percent", "&": " and ", "+": " plus "}
_SHORT = {"oz": "ounce", "ok": "okay", "mr": "mister", "mrs": "missus", "dr": "doctor"}


@dataclass(frozen=True, slots=True)
class Errors:
    """How far what was heard is from what was said, in words."""

    said: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def all(self) -> int:
        return self.substitutions + self.deletions + self.insertions


def spelled(text: str, language: str = "en") -> str:
    """One way to write it: lower case, no punctuation, hyphens as spaces; in English numbers, dollars, percent
    and a few short forms as words. docs/evaluating.md has the rules."""
    plain = text.lower().replace("’", "'")
    if language == "en":
        for sign, word in _SIGNS.items():
            plain = plain.replace(sign, word)
        plain = re.sub(r"(?<=\d),(?=\d{3})", "", plain)
        plain = re.sub(r"\$(\d+)(?:\.(\d\d))?", _dollars, plain)
        plain = re.sub(r"(\d)([a-z])", r"\1 \2", plain)
    words = re.sub(r"[^\w' ]|_|(?<!\w)'|'(?!\w)", " ", plain).split()
    if language != "en":
        return " ".join(words)
    text = " ".join(part for word in words for part in _english(word))
    text = re.sub(r"\ba (?=hundred\b|thousand\b)", "one ", text)
    return re.sub(rf"\b(hundred|thousand) and (?=(?:{_NUMBER_WORDS})\b)", r"\1 ", text)


def errors(said: str, heard: str, language: str = "en") -> Errors:
    """Both texts as people write them; `said` must hold a word."""
    found = jiwer.process_words(*_pair(said, heard, language))
    words = found.hits + found.substitutions + found.deletions
    return Errors(words, found.substitutions, found.deletions, found.insertions)


def aligned(said: str, heard: str, language: str = "en") -> list[tuple[str, str, str]]:
    """(what happened, words said, words heard) from left to right: 'equal', 'substitute', 'delete' or 'insert'."""
    one, other = _pair(said, heard, language)
    if not one.strip():
        return [("insert", "", other)] if other.strip() else []
    (chunks,) = jiwer.process_words(one, other).alignments
    left, right = one.split(), other.split()
    return [
        (
            chunk.type,
            " ".join(left[chunk.ref_start_idx : chunk.ref_end_idx]),
            " ".join(right[chunk.hyp_start_idx : chunk.hyp_end_idx]),
        )
        for chunk in chunks
    ]


def _pair(said: str, heard: str, language: str) -> tuple[str, str]:
    return spelled(said, language), spelled(heard, language)


def _dollars(match: re.Match[str]) -> str:
    cents = match[2]
    amount = _number(int(match[1])) if len(match[1]) <= 6 else match[1]
    return f" {amount} dollars" + (f" and {_number(int(cents))} cents" if cents and cents != "00" else "")


@lru_cache(maxsize=4096)
def _english(word: str) -> tuple[str, ...]:
    """Numbers below 1000 as people say them; longer ones, which are mostly order numbers, digit by digit."""
    if not (word.isascii() and word.isdigit()):
        return (_SHORT.get(word, word),)
    if len(word) > 3 or (len(word) > 1 and word[0] == "0"):
        return tuple(_SMALL[int(digit)] for digit in word)
    return tuple(_number(int(word)).split())


def _number(value: int) -> str:
    """The cardinal, without "and"."""
    if value < 20:
        return _SMALL[value]
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if value >= size:
            rest = value % size
            return f"{_number(value // size)} {name}" + (f" {_number(rest)}" if rest else "")
    rest = value % 10
    return _TENS[value - rest] + (f" {_SMALL[rest]}" if rest else "")
