"""The sample shop's customers and their habits. The names are invented; so are the habits.

    C001 | Alex Moreno | en | M | 42 | wobble 8 | wardrobe 5
      every 14: 2 COF-DARK-500, last 15
      once 40: 1 SHR-OXF-M -> returned

The head gives clothes size, shoe size, how much an interval wobbles (percent), and how many orders of clothes and gear
fall in a year. `every` gives days between purchases, quantity, SKU and, where it matters, how many days ago the last
one was. `once` gives days ago, the lines and the state of that order; `since` when the customer came, in days ago.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

YEAR = 365


@dataclass(frozen=True, slots=True)
class Habit:
    sku: str
    quantity: int
    every: float
    """Days."""
    last: float | None
    """Days ago; None where chance decides."""


@dataclass(frozen=True, slots=True)
class Special:
    """An order written down by hand."""

    days_ago: int
    lines: tuple[tuple[str, int], ...]
    """SKU and quantity."""
    state: str | None
    """None: whatever an order of that age is."""


@dataclass(slots=True)
class Person:
    id: str
    name: str
    language: str
    clothes: str
    shoes: str
    wobble: float
    """Standard deviation of an interval, as a share of it."""
    wardrobe: int
    """Orders of clothes and gear in a year."""
    since: int = YEAR
    """Days ago."""
    habits: list[Habit] = field(default_factory=list)
    specials: list[Special] = field(default_factory=list)


PEOPLE = """
C001 | Alex Moreno | en | M | 42 | wobble 8 | wardrobe 0
  every 14: 2 COF-DARK-500, last 16
  every 14: 4 MLK-OAT-1L, last 9
  every 14: 1 EGG-FREE-12, last 9
  every 21: 2 SNK-CHOC-100, last 9
  every 35: 1 PAP-TOWL-4, last 16
  every 42: 1 CLN-LAUN-15L, last 16
  every 60: 1 CAR-PAST-100, last 30
  once 3: 1 BOT-RIDGE-42, 1 SOC-HIKE-L -> shipped
  once 41: 1 JNS-SLIM-M -> returned
  once 96: 1 JKT-TRAIL-BLK-M, 1 GER-BOTL-750 -> delivered
  once 188: 1 SHR-OXF-M, 1 TIE-SILK -> delivered
C002 | Freja Lindqvist | sv | S | 38 | wobble 10 | wardrobe 7
  every 7: 3 MLK-WHOLE-1L
  every 7: 1 BRD-SOUR-700
  every 10: 1 EGG-FREE-12
  every 14: 1 COF-MED-500
  every 14: 1 CHS-CHED-300
  every 21: 1 BTR-SALT-250
  every 28: 1 PAP-TOIL-12
C003 | Kwame Boateng | en | L | 44 | wobble 12 | wardrobe 5
  since 190
  every 7: 1 MEA-CHIC-500
  every 14: 1 RIC-BASM-1K
  every 7: 1 VEG-TOM-500
  every 14: 1 VEG-ONI-1K
  every 21: 2 PUL-BLCK-400
  every 45: 1 OIL-OLIV-750
  every 42: 1 CLN-DISH-500
C004 | Mei-Ling Chen | en | S | 38 | wobble 10 | wardrobe 8
  since 240
  every 14: 1 TOFU-FIRM-400
  every 28: 1 RIC-BASM-1K
  every 30: 1 TEA-GREEN-40
  every 40: 1 SAU-SOY-250
  every 7: 1 VEG-SPIN-200
  every 7: 1 MLK-SOY-1L
C005 | Rasmus Holm | sv | L | 45 | wobble 15 | wardrobe 6
  every 12: 1 COF-LIGHT-500
  every 7: 1 MLK-WHOLE-1L
  every 10: 1 BRD-WHEAT-600
  every 14: 1 SPR-PNUT-350
  every 30: 1 CER-OATS-1K
C006 | Priya Raghunathan | en | M | 39 | wobble 10 | wardrobe 6
  since 270
  every 14: 2 PUL-LENT-500
  every 21: 2 PUL-CHIC-400
  every 7: 2 YOG-GREEK-500
  every 7: 1 VEG-SPIN-200
  every 28: 1 RIC-BASM-1K
  every 28: 1 TEA-BLACK-80
  every 56: 1 CAR-SHAM-400
C007 | Tomasz Wieczorek | en | XL | 46 | wobble 15 | wardrobe 3
  since 210
  every 28: 1 PET-DOG-3K
  every 14: 1 COF-DARK-500
  every 10: 1 BRD-WHEAT-600
  every 14: 1 CHS-CHED-300
  every 28: 1 HOM-TRSH-30
C008 | Ingrid Solberg | sv | M | 40 | wobble 9 | wardrobe 9
  every 14: 1 FSH-SALM-150
  every 14: 1 COF-MED-500
  every 7: 1 MLK-OAT-1L
  every 10: 1 FRT-BLUE-250
  every 45: 1 CLN-LAUN-15L
C009 | Youssef El Amrani | en | M | 43 | wobble 12 | wardrobe 4
  since 240
  every 7: 2 FRT-ORNG-1K
  every 10: 2 PUL-CHIC-400
  every 30: 1 OIL-OLIV-750
  every 30: 1 TEA-MINT-40
  every 60: 1 SPR-HON-500
C010 | Chloe Marchand | en | S | 39 | wobble 10 | wardrobe 8
  since 160
  every 7: 1 BAB-DIAP-44
  every 14: 2 BAB-WIPE-80
  every 7: 3 MLK-WHOLE-1L
  every 7: 1 FRT-BAN-1K
  every 14: 1 PAS-PENN-500
  every 14: 2 CAN-TOM-400
  every 35: 1 CLN-LAUN-15L
C011 | Mateo Fuentes | en | M | 42 | wobble 14 | wardrobe 4
  since 200
  every 8: 1 BAR-LATT
  every 20: 1 BAR-CAPP
  every 30: 2 COF-CAPS-20
C012 | Sanna Koskela | sv | M | 39 | wobble 9 | wardrobe 6
  every 21: 2 PET-CAT-12
  every 14: 1 COF-LIGHT-500
  every 7: 1 MLK-OAT-1L
  every 14: 1 BRD-SOUR-700
  every 42: 1 CLN-DISH-500
  every 50: 1 CAR-BODY-400
C013 | Daniel Okafor | en | L | 44 | wobble 12 | wardrobe 5
  since 250
  every 14: 1 BAR-HOUSE
  every 14: 2 PAS-SPAG-500
  every 14: 2 CAN-TOM-400
  every 21: 1 MEA-CHIC-500
  every 30: 1 CAR-PAST-100
C014 | Leila Haddad | en | M | 38 | wobble 10 | wardrobe 7
  since 180
  every 10: 1 BRD-GF-450
  every 14: 1 CER-GRAN-500
  every 7: 2 MLK-ALM-1L
  every 10: 1 FRT-AVO-2
  every 28: 1 SNK-ALM-200
C015 | Erik Johansson | sv | XL | 45 | wobble 10 | wardrobe 5
  every 7: 2 MLK-WHOLE-1L
  every 14: 2 COF-DARK-500
  every 10: 1 BTR-SALT-250
  every 14: 1 VEG-POT-2K
  every 28: 1 PAP-TOIL-12
  every 28: 1 CLN-TABS-40
C016 | Hannah Goldberg | en | S | 38 | wobble 11 | wardrobe 8
  since 210
  every 7: 1 YOG-GREEK-500
  every 10: 1 FRT-BLUE-250
  every 21: 1 CER-GRAN-500
  every 14: 1 DRK-OJ-1L
C017 | Nguyen Minh Anh | en | S | 38 | wobble 12 | wardrobe 5
  since 170
  every 9: 1 BAR-ICED
  every 21: 1 RIC-BASM-1K
  every 28: 1 SAU-SOY-250
  every 14: 1 VEG-BROC-1
C018 | Giulia Ferrante | en | M | 39 | wobble 55 | wardrobe 7
  since 300
  every 25: 3 PAS-SPAG-500
  every 30: 2 CHS-MOZZ-250
  every 35: 1 OIL-OLIV-750
C019 | Oliver Whitcombe | en | L | 43 | wobble 60 | wardrobe 6
  since 280
  every 30: 1 TEA-BLACK-80
  every 25: 2 SNK-CHIP-150
C020 | Aylin Demir | en | M | 39 | wobble 50 | wardrobe 6
  since 220
  every 20: 1 VEG-TOM-500
  every 30: 1 YOG-GREEK-500
C021 | Lukas Brandl | en | L | 44 | wobble 60 | wardrobe 9
  since 330
  every 40: 1 DRK-SPARK-6
C022 | Astrid Nyberg | sv | S | 38 | wobble 55 | wardrobe 8
  since 200
  every 30: 1 HOM-CAND-1
  every 35: 1 COF-DECAF-250
C023 | Samuel Tesfaye | en | M | 42 | wobble 60 | wardrobe 5
  since 150
  every 18: 1 COF-DARK-500
  every 25: 1 FRT-APRED-1K
C024 | Bronwen Price | en | M | 39 | wobble 10 | wardrobe 0
  once 77: 1 JKT-GLAC-M, 1 HAT-WOOL-NVY -> delivered
C025 | Hiroshi Tanabe | en | M | 42 | wobble 10 | wardrobe 0
  once 22: 1 TNT-2P, 2 SLP-SUM, 1 GER-HEAD-350 -> delivered
C026 | Elin Sandström | sv | S | 39 | wobble 10 | wardrobe 0
  once 8: 1 DRS-EVE-S -> returned
C027 | Marcus Adeyemi | en | XL | 45 | wobble 10 | wardrobe 0
  once 1: 2 COF-DARK-500, 1 SNK-CHOC-100 -> placed
C028 | Rosa Valdivia | en | M | 40 | wobble 10 | wardrobe 0
C029 | Nils Bergqvist | sv | L | 44 | wobble 10 | wardrobe 0
C030 | Amara Diallo | en | S | 38 | wobble 10 | wardrobe 0
"""


def people() -> list[Person]:
    """Everyone, by id. A line that cannot be read raises ValueError."""
    found: list[Person] = []
    for line in PEOPLE.splitlines():
        if line.startswith(" "):
            _read_line(found[-1], line.strip())
        elif line:
            found.append(_read_head(line))
    return found


def _read_head(line: str) -> Person:
    who, name, language, clothes, shoes, wobble, wardrobe = (part.strip() for part in line.split("|"))
    return Person(
        id=who,
        name=name,
        language=language,
        clothes=clothes,
        shoes=shoes,
        wobble=int(wobble.removeprefix("wobble ")) / 100,
        wardrobe=int(wardrobe.removeprefix("wardrobe ")),
    )


_EVERY = re.compile(r"every (\d+): (\d+) (\S+?)(?:, last (\d+))?")
_ONCE = re.compile(r"once (\d+): (.+?)(?: -> (\w+))?")


def _read_line(person: Person, line: str) -> None:
    if found := _EVERY.fullmatch(line):
        every, quantity, sku, last = found.groups()
        person.habits.append(Habit(sku, int(quantity), float(every), float(last) if last else None))
    elif found := _ONCE.fullmatch(line):
        days_ago, items, state = found.groups()
        pairs = (item.split() for item in items.split(", "))
        lines = tuple((sku, int(quantity)) for quantity, sku in pairs)
        person.specials.append(Special(int(days_ago), lines, state))
    elif line.startswith("since "):
        person.since = int(line.removeprefix("since "))
    else:
        raise ValueError(f"{person.id}: cannot read {line!r}")
