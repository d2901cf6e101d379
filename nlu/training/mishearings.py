"""From what was said and what a recogniser heard to a table of mishearings."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

import yaml
from rapidfuzz.fuzz import ratio

MOST_SAID, MOST_HEARD = 3, 4
"""Words of one mishearing."""
ALIKE = 45
"""Similarity of the letters, 0..100, below which the recogniser has made something up; figures are always kept."""
MOST_WAYS = 6
"""Of hearing the same words."""
_WORD = re.compile(r"[\w']+(?:[.,]\d+)?", re.UNICODE)


def mishearings(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Words said -> words heard, commonest first, out of pairs of whole sentences; aligned word by word."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for said, heard in rows:
        meant, got = _words(said), _words(heard)
        for kind, start, end, begin, stop in SequenceMatcher(None, meant, got, autojunk=False).get_opcodes():
            if kind == "replace" and end - start <= MOST_SAID and stop - begin <= MOST_HEARD:
                before, after = " ".join(meant[start:end]), " ".join(got[begin:stop])
                if ratio(before, after) >= ALIKE or any(letter.isdigit() for letter in after):
                    found[before][after] += 1
    return {said: [heard for heard, _ in ways.most_common(MOST_WAYS)] for said, ways in sorted(found.items())}


def write_table(rows: Path, table: Path) -> int:
    """Sum up JSON lines of `said` and `heard` (audio_fixtures.heard) as a YAML table; how many entries it has."""
    pairs = [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()]
    found = mishearings((pair["said"], pair["heard"]) for pair in pairs)
    head = f"# What Whisper base heard in {len(pairs)} sentences said by Piper in noise; see docs/understanding.md.\n"
    table.write_text(head + yaml.safe_dump(found, allow_unicode=True, width=120), encoding="utf-8")
    return len(found)


def merged(*tables: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """All ways of hearing, of all tables."""
    together: dict[str, list[str]] = defaultdict(list)
    for table in tables:
        for said, heard in table.items():
            together[said] += [way for way in heard if way not in together[said]]
    return dict(together)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("’", "'"))
