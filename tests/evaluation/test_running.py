"""Runs: by processes, on a cluster, interrupted and gone on with; always the same figures, nothing counted twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import distributed
import pytest

from assistant.evaluation.conditions import AS_RECORDED, Condition
from assistant.evaluation.journal import BadJournal, open_journal
from assistant.evaluation.results import Played, played_json
from assistant.evaluation.running import Job, processes, run
from commerce.cluster import cluster
from tests.evaluation.recordings import NOW, Folder

NOISY = Condition(noise="pink", snr=6)
ROOT = Path(__file__).parents[2]


def orders(folder: Folder, count: int) -> Folder:
    for number in range(count):
        folder.says(
            f"{number + 1} lattes please", intent="add_to_basket", lines=[{"product": "latte", "quantity": number + 1}]
        )
    return folder


def without_times(played: list[Played]) -> list[Played]:
    return [replace(one, steps=tuple(replace(step, timings_ms={}) for step in one.steps)) for one in played]


@pytest.mark.models
def test_two_processes_and_a_dask_cluster_give_what_one_process_gives(folder: Folder, tmp_path: Path) -> None:
    orders(folder, 4)
    alone = folder.play(AS_RECORDED, NOISY)
    plan = folder.plan(AS_RECORDED, NOISY)
    with open_journal(tmp_path / "two.jsonl", NOW) as journal, processes(2) as spread:
        assert without_times(run(plan, journal, spread, lambda _: None)) == without_times(alone)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as local,
        cluster(local.scheduler_address) as far,
        open_journal(tmp_path / "dask.jsonl", NOW) as journal,
    ):
        assert without_times(run(plan, journal, far, lambda _: None)) == without_times(alone)


def test_a_run_that_is_begun_again_plays_only_what_is_missing(folder: Folder) -> None:
    orders(folder, 3)
    first = folder.play()
    orders(folder, 1)
    asked: list[Job] = []

    def spread(work, items):  # type: ignore[no-untyped-def]
        for item in items:
            asked.append(item)
            yield work(item)

    with open_journal(folder.path / "journal.jsonl", NOW) as journal:
        again = run(folder.plan(), journal, spread, lambda _: None)
    assert again[:3] == first
    assert [job.unit[0].id for job in asked] == ["003.wav"]
    assert len((folder.path / "journal.jsonl").read_text().splitlines()) == 1 + 4


def test_another_label_another_sound_or_another_seed_is_played_anew(folder: Folder) -> None:
    orders(folder, 2)
    keys = [job.key for job in folder.plan().jobs]
    folder.rows[0]["intent"] = "reorder"
    folder.tone("001.wav", 2.0)
    assert not set(keys) & {job.key for job in folder.plan().jobs}
    assert {job.key for job in folder.plan().jobs}.isdisjoint(job.key for job in folder.plan(NOISY).jobs)


def test_a_torn_last_line_is_dropped_and_the_rest_kept(folder: Folder) -> None:
    orders(folder, 2)
    first = folder.play()
    path = folder.path / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    with open_journal(path, NOW) as journal:
        assert list(journal.played.values()) == first[:1]
    assert folder.play()[0] == first[0]
    assert [len(line) > 0 and json.loads(line) != {} for line in path.read_text().splitlines()] == [True] * 3


def test_a_journal_damaged_in_the_middle_or_of_something_else_is_refused(folder: Folder) -> None:
    orders(folder, 2)
    folder.play()
    path = folder.path / "journal.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + lines[1][:40] + "\n" + lines[2])
    with pytest.raises(BadJournal, match=r"line 2: damaged"), open_journal(path, NOW):
        pass
    path.write_text('{"name": "something else"}\n')
    with pytest.raises(BadJournal, match="not a journal"), open_journal(path, NOW):
        pass


def test_what_came_of_a_row_is_the_same_after_the_journal(folder: Folder) -> None:
    folder.says("two lattes", ["two", "lattes"], intent="add_to_basket", slots={"quantity": 2}, expects={"basket": []})
    (played,) = folder.play()
    assert played_json.validate_json(played_json.dump_json(played)) == played


KILLED = """
import sys
from pathlib import Path
from assistant.evaluation.journal import open_journal
from assistant.evaluation.running import processes, run
from tests.evaluation.recordings import NOW, Folder, SlowReader
import json

if __name__ == "__main__":
    folder = Folder(Path(sys.argv[1]))
    folder.rows = [json.loads(line) for line in folder.manifest.read_text().splitlines()]
    with open_journal(folder.path / "journal.jsonl", NOW) as journal, processes(2) as spread:
        run(folder.plan(hearing=SlowReader), journal, spread, lambda _: None)
"""


@pytest.mark.models
def test_killed_in_the_middle_it_goes_on_and_counts_nothing_twice_and_leaves_no_worker(folder: Folder) -> None:
    orders(folder, 12).write()
    script = folder.path / "killed.py"
    script.write_text(KILLED)
    journal = folder.path / "journal.jsonl"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(script), str(folder.path)], cwd=ROOT, env=environment) as process:
        deadline = time.monotonic() + 120
        while not journal.exists() or len(journal.read_text().splitlines()) < 4:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        workers = children(process.pid)
        process.send_signal(signal.SIGKILL)
    done = len(journal.read_text().splitlines()) - 1
    assert 3 <= done < 12
    played = folder.play()
    assert [one.steps[0].id for one in played] == [row["file"] for row in folder.rows]
    keys = [json.loads(line)["key"] for line in journal.read_text().splitlines()[1:]]
    assert len(keys) == len(set(keys)) == 12
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert [worker for worker in workers if Path(f"/proc/{worker}").exists()] == []


def children(process: int) -> list[int]:
    """Worker processes; none where there is no /proc."""
    found = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []
