"""A server's readings: what it uses is measured, the ring forgets, and a gap is a gap in the picture."""

import os
from pathlib import Path

import numpy as np
import pytest

from makemore_core import vitals
from makemore_core.charts.vitals import vitals_figure
from makemore_core.training.store import RunStore
from makemore_core.vitals import Pulse, Vitals, in_bytes, machine, memory, size_of_store


def test_memory_is_that_of_the_process() -> None:
    pulse = Pulse()
    pulse.feel(0.0)
    kept = np.ones(10_000_000)  # 80 MB
    pulse.feel(7.0)
    before, after = pulse.readings
    assert after.memory - before.memory == pytest.approx(kept.nbytes, rel=0.2)
    assert after.steps_per_second == 7.0
    assert not pulse.is_due()


def test_the_ring_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vitals, "KEPT", 3)
    pulse = Pulse()
    for i in range(5):
        pulse.feel(float(i))
    assert [reading.steps_per_second for reading in pulse.readings] == [2.0, 3.0, 4.0]


def test_what_is_left_is_no_more_than_there_is(tmp_path: Path) -> None:
    there = machine(tmp_path / "not" / "yet" / "runs.sqlite")
    assert 0 < there.memory_left <= there.memory
    assert there.disk_left > 0
    assert there.processors == os.cpu_count()


@pytest.mark.parametrize("names", vitals.CGROUPS)
def test_a_container_has_what_its_group_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
) -> None:
    of_the_machine = memory()[0]
    monkeypatch.setattr(vitals, "CGROUP", tmp_path)
    for name, number in zip(names, (50_000_000, 20_000_000), strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{number}\n")
    assert memory() == (50_000_000, 30_000_000)
    (tmp_path / names[0]).write_text("max\n")
    assert memory()[0] == of_the_machine


def test_a_stores_size_counts_what_lies_beside_it(store: RunStore) -> None:
    assert size_of_store(store.path) >= store.path.stat().st_size
    assert size_of_store(store.path.with_name("none")) == 0


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (999.6, "1 kB"),
        (812e6, "812 MB"),
        (3.44e9, "3.4 GB"),
        (21.4e9, "21 GB"),
        (2e12, "2.0 TB"),
    ],
)
def test_bytes_in_words(number: float, words: str) -> None:
    assert in_bytes(number) == words


def test_the_curve_is_broken_where_nobody_looked() -> None:
    readings = [Vitals(time, 10**8, 0.1, 5.0) for time in (0.0, 2.0, 60.0)]
    memory, speed = vitals_figure(readings).to_dict()["data"]
    assert memory["x"] == [-1.0, pytest.approx(-58 / 60), None, 0.0]
    assert memory["y"] == [100.0, 100.0, None, 100.0]
    assert speed["y"] == [5.0, 5.0, None, 5.0]
    assert not vitals_figure([]).to_dict()["data"]
