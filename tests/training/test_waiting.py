"""So many runs train at once, the others in their turn; a stop does not wait for a long step; two tabs may race."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.models.transformer import TransformerConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import RunState
from makemore_core.training.run import Command
from makemore_core.training.store import RunStore
from tests.conftest import holds_for, progress_of, wait_until

LARGE = TransformerConfig(n_layers=4, n_head=4, n_embd=256, block_size=12)


@pytest.fixture
def one_place(store: RunStore) -> Iterator[RunManager]:
    manager = RunManager(store, slots=1)
    yield manager
    manager.close()


def threads_of(id: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == f"run {id}"]


def test_runs_wait_in_their_order_and_say_how_many_are_before_them(one_place: RunManager, config: RunConfig) -> None:
    first, second, third, fourth = (one_place.start(config) for _ in range(4))
    assert [progress_of(run).state for run in (first, second, third, fourth)] == [
        RunState.RUNNING,
        *[RunState.READY] * 3,
    ]
    assert [progress_of(run).message for run in (second, third)] == [
        "Waits for its turn.",
        "Waits for its turn; 1 before it.",
    ]
    assert progress_of(fourth).message == "Waits for its turn; 2 before it."
    third.send(Command.STOP)
    wait_until(lambda: progress_of(third).state == RunState.STOPPED)
    wait_until(lambda: progress_of(fourth).message == "Waits for its turn; 1 before it.")
    one_place.delete(first.id)
    wait_until(lambda: progress_of(second).step > 0)
    assert (progress_of(second).state, progress_of(second).message) == (RunState.RUNNING, "")
    assert progress_of(fourth).message == "Waits for its turn."


def test_a_paused_run_gives_its_place_back_and_waits_again(one_place: RunManager, config: RunConfig) -> None:
    first, second = one_place.start(config), one_place.start(config)
    first.send(Command.PAUSE)
    wait_until(lambda: progress_of(second).step > 0)
    first.send(Command.PLAY)
    wait_until(lambda: progress_of(first).state == RunState.READY)
    step = progress_of(first).step
    first.send(Command.STEP)  # a single step needs no place
    wait_until(lambda: progress_of(first).step == step + 1)
    assert progress_of(first).state == RunState.PAUSED
    first.send(Command.PLAY)
    second.send(Command.STOP)
    wait_until(lambda: progress_of(first).step > step + 1)


def test_a_run_that_ends_or_fails_lets_the_next_one_come(one_place: RunManager, config: RunConfig) -> None:
    short, broken, last = one_place.start(replace(config, max_steps=200)), one_place.start(config), None
    broken.trainer.y.fill_(99)  # no such character
    last = one_place.start(config)
    wait_until(lambda: progress_of(last).step > 0)
    assert (progress_of(short).state, progress_of(broken).state) == (RunState.FINISHED, RunState.FAILED)
    one_place.close()
    assert not any(run.is_alive for run in (short, broken, last))


def test_of_two_tabs_that_press_play_one_wakes_the_run(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, paused=True)
    for _ in range(5):
        manager.command(run.id, Command.STOP)
        manager._runs[run.id].join()
        with ThreadPoolExecutor(4) as tabs:
            list(tabs.map(lambda _: manager.command(run.id, Command.PLAY), range(4)))
        living = threads_of(run.id)
        assert len(living) == 1


def test_tabs_that_start_stop_and_delete_at_once_leave_nothing_behind(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config)

    def act(n: int) -> None:
        with suppress(InputError):  # it was deleted
            manager.delete(run.id) if n == 5 else manager.command(run.id, (Command.PLAY, Command.STOP)[n % 2])

    with ThreadPoolExecutor(4) as tabs:
        list(tabs.map(act, range(12)))
    assert manager.runs() == []
    assert threads_of(run.id) == []


def test_a_stop_and_a_pause_do_not_wait_for_a_long_step(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(replace(config, model=LARGE, batch_size=512))
    assert holds_for(0.5, lambda: progress_of(run).step == 0)
    for command, state in ((Command.PAUSE, RunState.PAUSED), (Command.STOP, RunState.STOPPED)):
        asked = time.monotonic()
        run.send(command)
        wait_until(lambda: progress_of(run).state == state)  # noqa: B023
        assert time.monotonic() - asked < 1
        run.send(Command.PLAY)
        assert holds_for(0.2, lambda: progress_of(run).step == 0)
    checkpoint = manager.store.checkpoint(run.id)
    assert checkpoint is not None
    assert checkpoint["step"].item() == 0


def test_what_does_not_fit_into_memory_is_refused_before_it_is_there(manager: RunManager, config: RunConfig) -> None:
    huge = replace(LARGE, n_layers=24, n_head=32, n_embd=1024, block_size=1024)
    with pytest.raises(InputError, match=r"needs about .* TB, but .* are left: 30\d,\d{3},\d{3} parameters"):
        manager.start(replace(config, model=huge, batch_size=8192))
    assert manager.runs() == []
