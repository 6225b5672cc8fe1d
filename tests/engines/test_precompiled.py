"""The compiled engine rounds alike in the process that came first and in all later ones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.engines import kernel, products
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.trainer import Trainer

pytestmark = pytest.mark.skipif(not products.is_available(), reason="needs Numba")
TRAIN = """
import sys
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.trainer import Trainer
config = RunConfig(DataConfig(sys.argv[1]), MLPConfig(8, 4, batch_norm=True), engine="compiled")
print(Trainer(config, config.data.load()).advance(700).tobytes().hex())
"""


def test_nothing_is_compiled_in_a_process_that_trains(data: DataConfig) -> None:
    before = compiled_here()
    config = RunConfig(data, MLPConfig(8, 4, batch_norm=True), engine="compiled")
    trainer = Trainer(config, data.load())
    trainer.advance(3)
    trainer.evaluate("val")
    assert compiled_here() == before  # other tests may have called the loops with other types
    assert sum(kernel.train.stats.cache_hits.values()) > 0


def compiled_here() -> int:
    """How many times this process has compiled one of the kernel's functions."""
    functions = [each for each in vars(kernel).values() if hasattr(each, "stats")]
    return sum(sum(function.stats.cache_misses.values()) for function in functions)


@pytest.mark.long
def test_the_first_process_has_the_bits_of_the_second(data: DataConfig, tmp_path: Path) -> None:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-c", TRAIN, data.dataset]
    first, second = (
        subprocess.run(command, env=environment, capture_output=True, check=True, timeout=600).stdout for _ in range(2)
    )
    assert first == second
    assert len(first) > 700
