"""Makes recording.json: the run that the Train page plays before anybody has trained one.

It is a real run of a preset on the list that ships, looked at on the same log-spaced steps as every run. Made again
with the same torch it is the same file, but for the seconds.
"""

import json
import platform
import time
from typing import Any, cast

import numpy as np
import torch

from makemore_core.catalogue import SHIPPED
from makemore_core.charts.loss import LossView
from makemore_core.config import RunConfig
from makemore_core.diagnostics import measured, worst_first
from makemore_core.diagnostics.reading import Projection, Reading, Text
from makemore_core.ngrams import yardsticks
from makemore_core.presets import PRESETS
from makemore_core.recording import FILE
from makemore_core.smoothing import smoothed
from makemore_core.training.curve import HIGH, LOW, STEP, STEPS, TOTAL, Curve, regridded
from makemore_core.training.spacing import KEPT, is_on_grid, next_on_grid
from makemore_core.training.trainer import Trainer

PRESET = "lecture3-kaiming"
POINTS = 16  # of the curve, in an octave
VERDICTS = 3  # the worst ones


def main() -> None:
    """Write it beside this file."""
    config = PRESETS[PRESET].config.with_values({"data.dataset": SHIPPED})
    FILE.write_text(json.dumps(recorded(config), separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


def recorded(config: RunConfig) -> dict[str, Any]:
    """The whole run of a config, as recording.js plays it."""
    trainer, curve, looks, started = Trainer(config, config.data.load()), Curve(), list[dict[str, Any]](), time.time()
    while trainer.number < config.max_steps:
        number = trainer.number
        if is_on_grid(number, KEPT) or number == config.max_steps - 1:
            val, step = trainer.evaluate("val"), trainer.step()
            looks.append({"step": number, "val": round(val, 4), **_look(measured(step), trainer.dataset.known)})
            curve.extend(number, np.array([step.loss]))
        else:
            upto = min(next_on_grid(number + 1, KEPT), config.max_steps - 1)
            curve.extend(number, trainer.advance(upto - number))
    return {
        "preset": PRESET,
        "made_with": f"torch {torch.__version__.partition('+')[0]}, {platform.machine()}, 1 thread",
        "steps": config.max_steps,
        "seconds": round(time.time() - started, 1),
        "letters": list(trainer.dataset.vocabulary.itos),
        "yardsticks": {name: round(value, 3) for name, value in yardsticks(config.data).items()},
        "curve": _points(curve),
        "looks": looks,
    }


def _look(readings: dict[str, Reading], known: frozenset[str]) -> dict[str, Any]:
    """What the page's panels show of a step: names and whether each is in the list, letters, verdicts."""
    names, letters = cast(Text, readings["samples"]).lines, cast(Projection, readings["embedding"]).points
    return {
        "names": [[name, int(name in known)] for name in names],
        "points": [[round(x, 3), round(y, 3)] for x, y in letters],
        "verdicts": [[verdict.level, verdict.text] for verdict in worst_first(readings)[:VERDICTS]],
    }


def _points(curve: Curve) -> list[list[float]]:
    """Step, lowest, highest and calm loss, as the loss chart draws them."""
    rows = regridded(curve.rows(), POINTS)
    calm = smoothed(rows[:, TOTAL] / rows[:, STEPS], LossView().smoothing)
    middle = rows[:, STEP] + rows[:, STEPS] / 2
    return np.column_stack([middle, rows[:, LOW], rows[:, HIGH], calm]).round(3).tolist()


if __name__ == "__main__":
    main()
