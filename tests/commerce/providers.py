"""A payment provider to whom accidents happen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from commerce.payments import SandboxPayments
from commerce.ports import Charge, Refund
from commerce.types import Money

Accident = Callable[[str], None]
"""Is told "before capture", "after capture" and so on for each step, and may raise or end the process."""


class PowerCut(BaseException):
    """The process ends here, as far as one test can tell."""


class NoAnswer(Exception):
    """The provider does not answer, whether or not it did what it was asked for."""


class Troubled:
    """ports.Payments: the sandbox with an accident around its steps."""

    def __init__(self, real: SandboxPayments, accident: Accident) -> None:
        self._real, self._accident = real, accident

    def authorise(self, key: str, customer_id: str, amount: Money) -> Charge:
        return self._step("authorise", key, amount, lambda: self._real.authorise(key, customer_id, amount))

    def capture(self, key: str) -> Charge:
        return self._step("capture", key, Money(0, "XXX"), lambda: self._real.capture(key))

    def void(self, key: str) -> Charge:
        return self._step("void", key, Money(0, "XXX"), lambda: self._real.void(key))

    def refund(self, key: str, charge_key: str, amount: Money) -> Refund:
        return self._real.refund(key, charge_key, amount)

    def lookup(self, key: str) -> Charge | None:
        return self._real.lookup(key)

    def _step(self, name: str, key: str, amount: Money, do: Callable[[], Charge]) -> Charge:
        try:
            self._accident(f"before {name}")
            charge = do()
            self._accident(f"after {name}")
        except NoAnswer:
            return Charge(key, amount, "unknown")
        return charge


def once(moments: Iterable[str], what: type[BaseException]) -> Accident:
    """Raise `what` at each of these moments, the first time it comes."""
    left = set(moments)

    def accident(moment: str) -> None:
        if moment in left:
            left.discard(moment)
            raise what

    return accident
