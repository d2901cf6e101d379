"""How well the next basket is foretold, beside published methods: `handla bench reorder [--transactions FILE]`.

    handla bench reorder --transactions FILE.csv [--k 10] [--json] [--earlier N] [--seed N]

The file has the columns customer_id, order_id, ordered_at or sequence, and product_id (docs/learning.md). The last
basket of every customer who has at least three is held out; everything else is history. No method is told when that
basket was filled. UP-CF and TIFU-KNN are tuned, and Handla's weights learned, with the baskets before.
`--earlier N` leaves the last N baskets of each customer out altogether, to measure again at another time. Without a
file the UCI Online Retail set in ../shared/data is read where it is, else the sample shop's history. Prints one JSON
line; a table too, on standard error, without --json.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._peers import GRIDS, Rank, Tifu, Upcf, g_top_freq, gp_top_freq, p_top_freq, tifu_knn, tuned, up_cf
from benchmarks._ranked import METRICS, Measured, measured
from benchmarks._transactions import Transactions, transactions
from commerce.histories import Histories, Ints
from commerce.learning import learned_from
from commerce.nextbasket import Ranker

LEAST = 3
"""Baskets of a customer who is measured."""
TUNED_ON = 1000
"""Customers whose second-last basket tunes the published methods."""

Clocks = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Task:
    past: Histories
    """Every customer's, without what is held out."""
    who: Ints
    """Positions of the customers measured."""
    truth: list[Ints]
    """What each of them bought then."""
    products: tuple[str, ...]
    k: int


@dataclass(frozen=True, slots=True)
class Run:
    measured: Measured
    fit_s: float
    fit_cpu_s: float
    """Of the processor; other programs do not add to it."""
    ms: float
    """For one customer."""
    settings: Any = None


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="handla bench reorder", description=__doc__.split("\n")[0])
    parser.add_argument("--transactions", type=Path)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--earlier", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    if given.k < 1 or given.earlier < 0:
        parser.error("--k takes 1 or more, --earlier 0 or more")
    report = measure(transactions(given.transactions), given.k, given.earlier, given.seed)
    if not given.json:
        print(table(report), file=sys.stderr)
    print(json.dumps(report))


def measure(data: Transactions, k: int = 10, earlier: int = 0, seed: int = 0) -> dict[str, Any]:
    past = data.past.keep(data.past.rank_of_basket >= earlier)
    task = held_out(past, data.products, k)
    if not len(task.who):
        return {"benchmark": "reorder", "data": data.name, "skipped": f"no customer has {LEAST} baskets"}
    runs = {"handla": run_handla(task), **run_peers(task, seed)}
    peers = {name: run for name, run in runs.items() if name != "handla"}
    best = {metric: max(peers, key=lambda name: peers[name].measured.mean(metric)) for metric in METRICS}
    return {
        "benchmark": "reorder",
        "data": data.name,
        "k": k,
        "customers": len(task.who),
        "baskets": len(past.day),
        "lines": len(past.item),
        "products": len(data.products),
        "methods": {name: _report(run, seed) for name, run in runs.items()},
        "best_peer": best,
        "ahead_of_best_peer": {
            metric: runs["handla"].measured.ahead_of(peers[best[metric]].measured, seed)[metric] for metric in METRICS
        },
    }


def held_out(past: Histories, products: tuple[str, ...], k: int) -> Task:
    who = np.flatnonzero(past.baskets_of >= LEAST)
    return Task(past.without_newest(LEAST), who, [past.newest(customer) for customer in who], products, k)


def run_handla(task: Task) -> Run:
    began = _clocks()
    ranker = Ranker(learned_from(task.past, task.products))
    fitted = _clocks()
    lists = []
    for customer in task.who:  # one at a time, as a shop is asked
        (best,) = ranker.best("next", task.past.one(customer), task.k)
        lists.append([place for place, _ in best])
    return _run(task, lists, began, fitted)


def run_peers(task: Task, seed: int) -> dict[str, Run]:
    products, k = len(task.products), task.k
    earlier = held_out(task.past, task.products, k)
    chosen = np.random.default_rng(seed).permutation(len(earlier.who))[:TUNED_ON]
    earlier = Task(earlier.past, earlier.who[chosen], [earlier.truth[n] for n in chosen], task.products, k)

    def best_of(name: str, start: Any, fit: Callable[[Histories, Any], Rank]) -> Run:
        def score(settings: Any) -> float:
            return _timed(earlier, lambda past: fit(past, settings)).measured.mean("ndcg")

        settings = tuned(start, GRIDS[name], score) if len(earlier.who) else start
        return _timed(task, lambda past: fit(past, settings), settings)

    return {
        "G-TopFreq": _timed(task, lambda past: g_top_freq(past, products, k)),
        "P-TopFreq": _timed(task, lambda past: p_top_freq(past, k)),
        "GP-TopFreq": _timed(task, lambda past: gp_top_freq(past, products, k)),
        "UP-CF": best_of("UP-CF", Upcf(), lambda past, settings: up_cf(past, products, k, settings)),
        "TIFU-KNN": best_of("TIFU-KNN", Tifu(), lambda past, settings: tifu_knn(past, products, k, settings)),
    }


def _timed(task: Task, fit: Callable[[Histories], Rank], settings: Any = None) -> Run:
    began = _clocks()
    rank = fit(task.past)
    fitted = _clocks()
    return _run(task, [rank(int(customer)) for customer in task.who], began, fitted, settings)


def _clocks() -> tuple[float, float]:
    """Seconds on the wall and of the processor."""
    return time.perf_counter(), time.process_time()


def _run(task: Task, lists: list[list[int]], began: Clocks, fitted: Clocks, settings: Any = None) -> Run:
    each_ms = (time.perf_counter() - fitted[0]) / max(1, len(lists)) * 1000
    seconds = [end - start for start, end in zip(began, fitted, strict=True)]
    return Run(measured(lists, task.truth, task.k), seconds[0], seconds[1], each_ms, settings)


def _report(run: Run, seed: int) -> dict[str, Any]:
    settings = {"settings": asdict(run.settings)} if run.settings is not None else {}
    return {
        **run.measured.summary(),
        "interval": run.measured.interval(seed),
        "fit_s": round(run.fit_s, 2),
        "fit_cpu_s": round(run.fit_cpu_s, 2),
        "ms_per_customer": round(run.ms, 3),
        **settings,
    }


def table(report: dict[str, Any]) -> str:
    if "methods" not in report:
        return f"{report['data']}: {report['skipped']}"
    head = f"{report['data']}: {report['customers']} customers, {report['lines']} lines, at {report['k']}"
    rows = [f"{'':12}{'recall':>8}{'ndcg':>8}{'hit':>8}{'fit s':>8}{'ms each':>9}"]
    for name, one in report["methods"].items():
        scores = "".join(f"{one[metric]:8.4f}" for metric in METRICS)
        rows.append(f"{name:12}{scores}{one['fit_s']:8.1f}{one['ms_per_customer']:9.2f}")
    return "\n".join([head, *rows])


if __name__ == "__main__":
    main(sys.argv[1:])
