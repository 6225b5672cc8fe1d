"""The listing is what the file holds, whoever wrote it, and however little of it is read anew."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core.errors import InputError
from makemore_core.training.curve import bucketed
from makemore_core.training.marks import Mark
from makemore_core.training.recorder import Changes, Evaluation, Progress, RunState
from makemore_core.training.rows import STALE_AFTER, RunRow
from makemore_core.training.store import RunStore

IDS = ("otter", "heron", "finch")
WRITES: dict[str, Callable[[RunStore, str, int], object]] = {
    "add": lambda store, id, n: store.add(row(id, n)),
    "save": lambda store, id, n: store.save(id, Progress(RunState.PAUSED, step=n), changes(n), {}),
    "beat": lambda store, id, n: store.beat(id, Progress(RunState.STOPPED, f"after {n}")),
    "mark": lambda store, id, n: store.mark(id, Mark(n, "changed"), Progress(RunState.STOPPED, step=n)),
    "branch": lambda store, id, n: store.branch(row(f"{id}-fork", n), changes(n), {}),
    "rewind": lambda store, id, n: store.rewind(id, 0, 3.0, Progress(RunState.STOPPED, step=1), Mark(1, "rewound")),
    "describe": lambda store, id, n: store.describe(id, f"{id}-{n}", [str(n)]),
    "put away": lambda store, id, n: store.put_away(id),
    "bring back": lambda store, id, n: store.bring_back(id),
    "delete": lambda store, id, n: store.delete(id),
}


def row(id: str, n: int) -> RunRow:
    return RunRow(id, "", {"seed": n}, {"sha256": "ab"}, n, Progress(), float(n), time.time())


def changes(n: int) -> Changes:
    return Changes(bucketed(0, np.zeros(1)), [Evaluation(n, 3.0, 3.0 + n)])


@given(
    st.lists(st.tuples(st.sampled_from((0, 1)), st.sampled_from([*WRITES]), st.sampled_from(IDS), st.integers(0, 5)))
)
@settings(max_examples=40)
def test_the_listing_is_what_a_fresh_store_reads(writes: list[tuple[int, str, str, int]]) -> None:
    with TemporaryDirectory() as folder:
        stores = [RunStore(Path(folder) / "runs.sqlite") for _ in range(2)]  # as two processes have them
        for who, what, id, n in writes:
            try:
                WRITES[what](stores[who], id, n)
            except InputError:
                continue
            with closing(RunStore(Path(folder) / "runs.sqlite")) as fresh:
                assert stores[0].runs() == stores[1].runs() == fresh.runs()
        for store in stores:
            store.close()


@pytest.mark.parametrize("what", [*WRITES])
def test_a_write_is_listed_at_once(store: RunStore, what: str) -> None:
    asleep = Progress(RunState.STOPPED)  # of what lives the listing asks anew in any case
    if what != "add":
        store.add(replace(row("otter", 1), progress=asleep))
    if what == "bring back":
        store.put_away("otter")
    before = store.runs()
    WRITES[what](store, "otter", 3)
    with closing(RunStore(store.path)) as fresh:
        assert before != store.runs() == fresh.runs()


def test_a_run_that_falls_silent_is_interrupted_in_the_listing_too(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    store.add(replace(row("otter", 1), progress=Progress(RunState.RUNNING), updated=now))
    assert [r.progress.state for r in store.runs()] == [RunState.RUNNING]
    monkeypatch.setattr(time, "time", lambda: now + STALE_AFTER + 1)
    assert [r.progress.state for r in store.runs()] == [RunState.INTERRUPTED]
