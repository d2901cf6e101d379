"""How well complements and new products are foretold: `handla bench recommend [--transactions FILE]`.

    handla bench recommend --transactions FILE.csv [--json] [--seed N]

The file and what is read without one are those of `handla bench reorder`. The last basket of every customer who has at
least three is held out; everything else is history.

complements: one product, drawn by the seed, is taken out of the held-out basket and looked for with the rest of it in
the basket; once for the customer with their history, once as a guest without. picks: what the held-out basket has that
the customer never bought before. Peers are popularity and item co-occurrence: cosine over orders (Sarwar et al., WWW
2001), or the share of orders with the one product that have the other, summed over the products in the basket or bought
before. Each gives the first 3 and the first 10. Hit rate and normalised discounted cumulative gain, with 95 percent
intervals over customers. Prints one JSON line; a table too, on standard error, without --json.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._ranked import Measured, measured
from benchmarks._transactions import Transactions, transactions
from benchmarks.reorder import LEAST, Task, held_out
from commerce.histories import Floats, Histories, Ints, ranges
from commerce.learning import learned_from
from commerce.nextbasket import Question, Ranker

CUTS = (3, 10)
SHOWN = ("ndcg", "hit")
_MOST = 4000
"""Customers measured; more of them are drawn from."""
_CACHED = 2000

Rank = Callable[[Ints, Ints], list[int]]
"""What was bought before, what is in the basket -> places, best first."""


@dataclass(frozen=True, slots=True)
class Case:
    customer: int
    basket: Ints
    truth: Ints


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="handla bench recommend", description=__doc__.split("\n")[0])
    parser.add_argument("--transactions", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    report = measure(transactions(given.transactions), given.seed)
    if not given.json:
        print(table(report), file=sys.stderr)
    print(json.dumps(report))


def measure(data: Transactions, seed: int = 0) -> dict[str, Any]:
    task = held_out(data.past, data.products, max(CUTS))
    if not len(task.who):
        return {"benchmark": "recommend", "data": data.name, "skipped": f"no customer has {LEAST} baskets"}
    began = time.perf_counter()
    ranker = Ranker(learned_from(task.past, task.products))
    fit_s = round(time.perf_counter() - began, 2)
    chance = np.random.default_rng(seed)
    complements, picks = complement_cases(task, chance), pick_cases(task, chance)
    counts = Counts(task.past, len(task.products))
    return {
        "benchmark": "recommend",
        "data": data.name,
        "fit_s": fit_s,
        "complements": compared(
            ours(ranker, task, complements, "with"), counts.peers("basket"), complements, task, seed
        ),
        "complements_for_guests": compared(
            ours(ranker, task, complements, "guest"), counts.peers("basket"), complements, task, seed
        ),
        "picks": compared(ours(ranker, task, picks, "new"), counts.peers("history"), picks, task, seed),
    }


def complement_cases(task: Task, chance: np.random.Generator) -> list[Case]:
    cases = []
    for customer, basket in _some(task, chance):
        if len(basket) > 1:
            place = int(chance.integers(len(basket)))
            cases.append(Case(customer, np.delete(basket, place), basket[place : place + 1]))
    return cases


def pick_cases(task: Task, chance: np.random.Generator) -> list[Case]:
    cases = []
    for customer, basket in _some(task, chance):
        new = np.setdiff1d(basket, task.past.one(customer).item)
        if len(new):
            cases.append(Case(customer, np.empty(0, np.int64), new))
    return cases


def _some(task: Task, chance: np.random.Generator) -> list[tuple[int, Ints]]:
    chosen = np.sort(chance.permutation(len(task.who))[:_MOST])
    return [(int(task.who[n]), task.truth[n]) for n in chosen]


def ours(ranker: Ranker, task: Task, cases: Sequence[Case], question: Question) -> list[list[int]]:
    found = []
    for case in cases:
        past = task.past.one(case.customer)
        if question == "guest":
            past = past.keep(np.zeros(len(past.day), np.bool_))
        (best,) = ranker.best(question, past, max(CUTS), [case.basket])
        found.append([place for place, _ in best])
    return found


class Counts:
    """Peers: what the same histories say without weights."""

    def __init__(self, past: Histories, products: int) -> None:
        self._past, self._products = past, products
        self._sold = np.bincount(past.item, minlength=products).astype(np.float64)
        order = np.argsort(past.item, kind="stable")
        self._baskets = past.basket_of_line[order]
        self._start = np.searchsorted(past.item[order], np.arange(products + 1))
        self._both = lru_cache(_CACHED)(self._count_both)

    def peers(self, seeds: str) -> dict[str, Rank]:
        """`seeds`: "basket" starts from what is in the basket, "history" from what was bought before, once each."""

        def start(before: Ints, basket: Ints) -> Ints:
            return basket if seeds == "basket" else np.unique(before)

        def popular(before: Ints, basket: Ints) -> list[int]:
            return self._best(self._sold, start(before, basket))

        def cosine(before: Ints, basket: Ints) -> list[int]:
            near = start(before, basket)
            score = sum((self._both(int(one)) / self._sold[one] ** 0.5 for one in near), np.zeros(self._products))
            return self._best(score / np.sqrt(np.maximum(self._sold, 1)), near)

        def confidence(before: Ints, basket: Ints) -> list[int]:
            near = start(before, basket)
            return self._best(
                sum((self._both(int(one)) / self._sold[one] for one in near), np.zeros(self._products)), near
            )

        return {"popularity": popular, "co-occurrence (cosine)": cosine, "co-occurrence (share)": confidence}

    def _count_both(self, one: int) -> Floats:
        if not self._sold[one]:
            self._sold[one] = 1.0  # bought in held-out baskets only: it speaks for nothing
            return np.zeros(self._products)
        baskets = self._baskets[self._start[one] : self._start[one + 1]]
        lines = ranges(self._past.basket_start[baskets], self._past.basket_start[baskets + 1])
        return np.bincount(self._past.item[lines], minlength=self._products).astype(np.float64)

    def _best(self, score: Floats, left_out: Ints) -> list[int]:
        score = score.copy()
        score[left_out] = -1
        top = np.argpartition(-score, min(max(CUTS), len(score) - 1))[: max(CUTS) + 1]
        order = top[np.lexsort((top, -score[top]))][: max(CUTS)]
        return [int(place) for place in order if score[place] > 0]


def compared(
    handla: list[list[int]], peers: dict[str, Rank], cases: Sequence[Case], task: Task, seed: int
) -> dict[str, Any]:
    lists = {"handla": handla}
    for name, rank in peers.items():
        lists[name] = [rank(task.past.one(case.customer).item, case.basket) for case in cases]
    truth = [case.truth for case in cases]
    report: dict[str, Any] = {"cases": len(cases)}
    for k in CUTS:
        results = {name: measured(ranked, truth, k) for name, ranked in lists.items()}
        report[f"at_{k}"] = {name: _shown(result, seed) for name, result in results.items()}
        report[f"at_{k}"]["ahead_of_best_peer"] = _ahead(results, seed)
    return report


def _shown(result: Measured, seed: int) -> dict[str, Any]:
    summary, interval = result.summary(), result.interval(seed)
    return {metric: summary[metric] for metric in SHOWN} | {
        "interval": {metric: interval[metric] for metric in SHOWN if metric in interval}
    }


def _ahead(results: dict[str, Measured], seed: int) -> dict[str, Any]:
    peers = {name: result for name, result in results.items() if name != "handla"}
    found = {}
    for metric in SHOWN:
        best = max(peers, key=lambda name: peers[name].mean(metric))
        found[metric] = {"peer": best, "interval": results["handla"].ahead_of(peers[best], seed).get(metric)}
    return found


def table(report: dict[str, Any]) -> str:
    if "picks" not in report:
        return f"{report['data']}: {report['skipped']}"
    rows = [report["data"]]
    for part in ("complements", "complements_for_guests", "picks"):
        rows.append(f"{part}, {report[part]['cases']} cases".ljust(40) + "hit@3   ndcg@3  hit@10  ndcg@10")
        for name in report[part]["at_3"]:
            if name != "ahead_of_best_peer":
                scores = [report[part][f"at_{k}"][name][metric] for k in CUTS for metric in ("hit", "ndcg")]
                rows.append(f"  {name:38}" + "  ".join(f"{score:.4f}" for score in scores))
    return "\n".join(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
