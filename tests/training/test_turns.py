"""Short turns last as long as somebody wants them."""

import sys

import pytest

from makemore_core.config import RunConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.run import Command
from makemore_core.training.turns import SHORT, short_turns
from tests.conftest import wait_until


def test_the_last_one_puts_the_usual_length_back():
    usual = sys.getswitchinterval()
    with short_turns():
        with short_turns():
            assert sys.getswitchinterval() == pytest.approx(SHORT)
        assert sys.getswitchinterval() == pytest.approx(SHORT)
    assert sys.getswitchinterval() == usual


@pytest.mark.parametrize(("engine", "is_short"), [("compiled", True), ("autograd", False)])
def test_an_engine_without_the_lock_asks_for_them(manager: RunManager, config: RunConfig, engine: str, is_short: bool):
    usual = sys.getswitchinterval()
    run = manager.start(config.with_values({"engine": engine}), paused=True)
    run.send(Command.STEP)
    wait_until(lambda: run.trainer.number == 1)
    assert sys.getswitchinterval() == pytest.approx(SHORT if is_short else usual)
    run.send(Command.STOP)
    run.join()
    assert sys.getswitchinterval() == usual
