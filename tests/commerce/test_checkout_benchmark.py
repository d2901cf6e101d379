from __future__ import annotations

import json

import pytest

from benchmarks import checkout


@pytest.mark.models
def test_the_measurement_of_checkouts_gives_figures_for_both_databases(
    postgres_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDLA_TEST_POSTGRES", postgres_url)
    checkout.main(["--seconds", "0.5", "--writers", "2"])
    report = json.loads(capsys.readouterr().out)
    for kind in ("sqlite", "postgresql"):
        (figures,) = report[kind]
        assert figures["orders_per_s"] > 0
        assert figures["bare_driver_per_s"] > 0
