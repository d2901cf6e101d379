"""Figures for Prometheus: turns, their stages and outcomes, and what was turned away.

Several workers add up through files in the folder that PROMETHEUS_MULTIPROC_DIR names (prometheus-client's own way);
`handla serve` sets it before its workers start.
"""

from __future__ import annotations

import os

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from assistant.types import Reply

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = CONTENT_TYPE_LATEST
_TURN_SECONDS = (0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8)
_STAGE_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2)


class Metrics:
    """The figures of one process. Labels are channels, intents and outcomes of ours: never names, never words."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._turns = Counter("handla_turns", "Turns", ["channel", "intent", "outcome"], registry=registry)
        self._seconds = Histogram(
            "handla_turn_seconds", "From request to reply", ["channel"], registry=registry, buckets=_TURN_SECONDS
        )
        self._stages = Histogram(
            "handla_stage_seconds", "Stages of a turn", ["stage"], registry=registry, buckets=_STAGE_SECONDS
        )
        self._done = Counter("handla_actions", "What turns did", ["action", "outcome"], registry=registry)
        self._rejected = Counter("handla_rejections", "Requests turned away", ["door", "reason"], registry=registry)

    def turn(self, channel: str, outcome: str, reply: Reply, seconds: float) -> None:
        """Count a turn; one that was answered before is 'repeated', and its stages and effects are not counted anew."""
        heard = reply.understanding
        told = "repeated" if reply.repeated else outcome
        self._turns.labels(channel, heard.intent if heard else "none", told).inc()
        self._seconds.labels(channel).observe(seconds)
        if reply.repeated:
            return
        for stage, milliseconds in reply.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)
        if reply.done:
            self._done.labels(reply.done.action, reply.done.outcome).inc()

    def rejected(self, door: str, reason: str) -> None:
        """Count a request that was turned away; `door` and `reason` are words of ours, a handful each."""
        self._rejected.labels(door, reason).inc()

    def exposition(self) -> bytes:
        """All of it as Prometheus reads it; of all workers where there are several."""
        if FOLDER not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
