"""A fork: a new run that begins where another one stood after a step, whole, and goes on with other settings.

Any setting may change that keeps the parameters' shapes. Curves, readings and marks up to there come along as the
fork's own; the weights of earlier steps stay with the parent, and the store finds them there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Generator, Tensor

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.knobs import Value
from makemore_core.training.curve import STEP, STEPS, Curve, Rows
from makemore_core.training.marks import CHANGEABLE, FORKED, Mark, config_after, in_words
from makemore_core.training.recorder import Changes, Evaluation, Observation, RunState, Snapshot, batch_loss
from makemore_core.training.rows import RunRow, described
from makemore_core.training.trainer import Trainer, below, reason_to_end

State = Mapping[str, Tensor]


@dataclass(frozen=True)
class Point:
    """A run after one of its steps: the trainer's whole state, its losses up to there, and the settings that held."""

    state: State
    losses: Rows
    config: RunConfig

    @property
    def number(self) -> int:
        """Of the coming step."""
        return int(self.state["step"].item())

    @property
    def best_step(self) -> int:
        """Where val was best so far, if patience was asked for; else here."""
        return int(self.state["best_step"].item()) if "best_step" in self.state else self.number


@dataclass(frozen=True)
class Branch:
    """All that a fork begins with, for the store: its row, its history, and the trainer's state."""

    row: RunRow
    changes: Changes
    state: State


def config_before(row: RunRow, marks: Sequence[Mark], number: int) -> RunConfig:
    """The settings with which a run took the step of that number."""
    return config_after(RunConfig.from_dict(row.config), [mark for mark in marks if mark.step <= number])


def point_of(row: RunRow, snapshot: Snapshot, state: State) -> Point:
    """Where a run stood when this state of it was kept; InputError for one of an old store, which is the net alone."""
    if "step" not in state:
        raise InputError(f"The run {row.title!r} kept its net alone at that step; choose another, or begin a new run.")
    number = int(state["step"].item())
    observation = next((o for o in snapshot.observations if o.step == number - 1), None)
    losses = losses_before(snapshot.losses, number, observation)
    return Point(state, losses, config_before(row, snapshot.marks, number))


def losses_before(rows: Rows, number: int, last: Observation | None = None) -> Rows:
    """The buckets that end before a step; of one that goes beyond, the step that was observed."""
    kept = rows[rows[:, STEP] + rows[:, STEPS] <= number]
    if last is None or (len(kept) and kept[-1, STEP] + kept[-1, STEPS] >= number):
        return kept
    curve = Curve(kept)
    curve.extend(last.step, np.array([batch_loss(last)]))
    return curve.rows()


def walked(row: RunRow, snapshot: Snapshot, dataset: Dataset, start: Point, step: int) -> Point:
    """A run after a step that was not kept: from an earlier point the same steps once more, bit for bit.

    Raises InputError where something was changed between that no run changes while it trains: another fork.
    """
    changes = [mark for mark in snapshot.marks if start.number < mark.step <= step + 1]
    if any(path not in CHANGEABLE for mark in changes for path in mark.settings):
        raise InputError(f"The run {row.title!r} was forked itself just before step {step:,}; choose a later step.")
    trainer, curve = Trainer(start.config, dataset), Curve(start.losses)
    trainer.load(start.state)
    judged = {evaluation.step: evaluation.val for evaluation in snapshot.evaluations}
    stops = sorted({*judged, *(mark.step for mark in changes), step + 1})
    threads = torch.get_num_threads()
    torch.set_num_threads(start.config.threads)  # another number gives other last digits
    try:
        for stop in stops:
            if start.number <= stop <= step + 1:
                if stop > trainer.number:
                    curve.extend(trainer.number, trainer.advance(stop - trainer.number))
                for mark in changes:
                    if mark.step == stop:
                        trainer.change(mark.settings)
                if stop in judged and stop <= step:
                    trainer.judge(judged[stop])
    finally:
        torch.set_num_threads(threads)
    return Point(trainer.state(), curve.rows(), trainer.config)


def branched(
    id: str,
    parent: RunRow,
    snapshot: Snapshot,
    dataset: Dataset,
    point: Point,
    settings: Mapping[str, Value],
    known: Collection[int],
) -> Branch:
    """A fork of that name at a point of its parent, which learns from `dataset`; InputError for what cannot be.

    `known` are the steps whose weights the store can find with the parent.
    """
    then, step = point.config, point.number - 1
    new = then.with_values(settings)
    if new.data != then.data:
        before, dataset = dataset, new.data.load()
        _check_alphabet(before, dataset)
    trainer = Trainer(new, dataset)
    state = _state_under(new, then, point)
    _check_shapes(new.differences(then), trainer.model.state(), below("model.", state))
    trainer.load(state)
    progress = replace(parent.progress.within(new), state=RunState.STOPPED, message="", step=point.number)
    progress = replace(progress, seconds=_seconds_at(parent, snapshot.evaluations, point.number))
    check_goes_on(new, trainer.number, trainer.best_step, progress.seconds)
    origin = replace(RunConfig.from_dict(parent.config), data=new.data)
    mark = Mark(point.number, _in_words(parent, step, then, new), _turned(then, new))
    preset = parent.preset if new == RunConfig.from_dict(parent.config) else ""
    row = described(id, preset, origin, dataset, trainer.parameters.values(), progress)
    row = replace(row, parent=parent.id, parent_step=step)
    return Branch(row, _history(snapshot, point, mark, state, known, new.data == then.data), state)


def check_goes_on(config: RunConfig, number: int, best_step: int, seconds: float) -> None:
    """An InputError where a run of these limits would end at once."""
    reason = reason_to_end(config, number, best_step, seconds)
    if reason is not None:
        why = reason or f"All {config.max_steps:,} steps are done."
        raise InputError(f"There is nothing left to train: {why} Raise `max_steps`, `max_seconds` or `patience`.")


def _state_under(new: RunConfig, then: RunConfig, point: Point) -> dict[str, Tensor]:
    """The trainer's state, but for what other settings begin afresh."""
    state = dict(point.state)
    if new.optimizer.name != then.optimizer.name:
        state = {name: tensor for name, tensor in state.items() if not name.startswith("optimizer.")}
        state["optimizer_steps"] = torch.tensor(0)
    if new.seed != then.seed:
        state["generator"] = Generator().manual_seed(new.seed).get_state()
    if new.data != then.data or not new.patience or not then.patience:
        state = {name: tensor for name, tensor in state.items() if not name.startswith("best")}
    return state


def _check_alphabet(before: Dataset, after: Dataset) -> None:
    if before.vocabulary.itos != after.vocabulary.itos:
        raise InputError(
            f"A fork keeps its alphabet, but {after.name!r} has {len(after.vocabulary)} characters that are not the "
            f"{len(before.vocabulary)} of {before.name!r}; begin a new run on it, or choose data of the same letters."
        )


def _check_shapes(changed: Mapping[str, Value], mine: State, theirs: State) -> None:
    shapes, before = ({name: tuple(t.shape) for name, t in state.items()} for state in (mine, theirs))
    if shapes != before:
        turned = ", ".join(f"{path}={value}" for path, value in changed.items() if path.startswith("model"))
        raise InputError(
            f"A fork keeps the shapes of its parent's parameters, which {turned} changes; begin a new run with that."
        )


def _turned(then: RunConfig, new: RunConfig) -> dict[str, Value]:
    """Every setting that is another one now, those that a choice brings with it too."""
    before = then.settings()
    return {path: value for path, value in new.settings().items() if path not in before or before[path] != value}


def _seconds_at(parent: RunRow, evaluations: Sequence[Evaluation], number: int) -> float:
    """Of training until the step of that number, in proportion between the evaluations."""
    known = [(e.step, e.seconds) for e in evaluations if e.seconds is not None and e.step < parent.progress.step]
    known = [(0, 0.0), *known, (parent.progress.step, parent.progress.seconds)]
    return float(np.interp(number, [step for step, _ in known], [seconds for _, seconds in known]))


def _in_words(parent: RunRow, step: int, then: RunConfig, new: RunConfig) -> str:
    """What the flag on the loss curve says."""
    changed = in_words(then, new.differences(then))
    afresh = "; the optimizer begins afresh" if new.optimizer.name != then.optimizer.name else ""
    return f"{FORKED} {parent.title} after step {step:,}" + (f", {changed}{afresh}" if changed else "")


def _history(
    snapshot: Snapshot, point: Point, mark: Mark, state: State, known: Collection[int], same_data: bool
) -> Changes:
    """What the fork's charts show of the time before it. On other data the parent's val is no measure."""
    step = point.number - 1
    observations = [
        replace(o, state=state if o.step == step else None if o.step in known else o.state)
        for o in snapshot.observations
        if o.step <= step
    ]
    return Changes(
        point.losses,
        [e for e in snapshot.evaluations if e.step <= step] if same_data else [],
        observations,
        [*(before for before in snapshot.marks if before.step <= point.number), mark],
    )
