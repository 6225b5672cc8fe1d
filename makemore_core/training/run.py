"""The one background thread: it trains, obeys play, pause, step and stop, and tells the recorder what it sees.

It never touches the screen. Pages send commands through a queue and read frozen snapshots.
"""

import logging
import math
import time
from collections import defaultdict
from collections.abc import Generator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from enum import StrEnum
from functools import cached_property
from queue import Empty, SimpleQueue
from threading import Thread

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.cutting import CutShort
from makemore_core.diagnostics import measured
from makemore_core.diagnostics.reading import Reading
from makemore_core.diagnostics.step import Step
from makemore_core.engines import BulkEngine
from makemore_core.knobs import Value
from makemore_core.training.divergence import UNEXPLAINED, explain
from makemore_core.training.faults import CannotWriteError, TakenOverError
from makemore_core.training.jobs import Keeper
from makemore_core.training.marks import Mark, changed, in_words
from makemore_core.training.pace import TURBO, Pace
from makemore_core.training.recorder import Evaluation, Observation, Progress, Recorder, RunState, Snapshot
from makemore_core.training.spacing import KEPT, LookBudget, is_on_grid, next_on_grid, snapshots_in_an_octave
from makemore_core.training.trainer import Trainer, reason_to_end
from makemore_core.training.turns import short_turns
from makemore_core.training.waiting import Queue, waits

log = logging.getLogger(__name__)

CHUNK = 0.02  # seconds between two looks at the commands
LONG = 0.2  # seconds; what takes longer is cut short where a stop or a pause waits
SAVE_EVERY = 0.6  # seconds: with the chunk, the save and the wait for a busy processor, a kill costs at most one
SAVE_SHARE = 0.1  # of the time may go into saving: a save of more than 60 ms comes less often
SPEED_MEMORY = 1.0  # seconds over which steps per second are averaged
EVALUATED = 25_000  # characters of a split that are scored while it trains; val of 32,000 names has 22,655
FEWEST_EVALUATED, AFFORDABLE = 8_192, 500_000_000  # of a large net fewer: parameters times characters
JOIN_WITHIN = 10.0  # seconds
FAILURE = "At step {step:,} it failed: {error}. Play goes on from its last checkpoint."
NOT_EVALUATED = "All is trained, but the last evaluation was cut short; Play takes it again."


class Command(StrEnum):
    """What a page may ask of a run. Compared as text, like RunState."""

    PLAY = "play"
    PAUSE = "pause"
    STEP = "step"
    STOP = "stop"


URGENT = (Command.STOP, Command.PAUSE)
Settings = Mapping[str, Value]


class Run:
    """A trainer with its thread. All methods answer at once; the thread follows within a chunk.

    It trains the same here and in a worker, where a wire stands in the store's place.
    `pace` is how fast it trains at most: slow enough to be watched, or as fast as can be. While it trains
    it has a place of the queue; one that is paused, and takes single steps, needs none.
    """

    where = ""

    def __init__(
        self,
        id: str,
        trainer: Trainer,
        recorder: Recorder,
        store: Keeper,
        progress: Progress,
        exact: tuple[int, ...] = (),
        pace: Pace = TURBO,
        queue: Queue | None = None,
    ) -> None:
        self.id, self.trainer, self.store, self.recorder, self.pace = id, trainer, store, recorder, pace
        self.loss_at: dict[int, float] = {}  # batch losses at the steps that were asked for
        self._exact = np.array(exact, dtype=np.int64)
        self._progress = progress
        self._looks = LookBudget()
        self._next_at = 0.0  # when the pace allows another step
        self._chunk_began: float | None = None  # while one is being trained
        self._step_seconds = math.inf  # of steps that nobody looked at
        self._took: defaultdict[str, float] = defaultdict(lambda: math.inf)  # seconds, by what was done
        self._broken_at: int | None = None  # the first step whose loss was no number
        self._queue = queue or Queue(places=1)
        self._commands: SimpleQueue[Command | Settings | None] = SimpleQueue()
        self._urgent: SimpleQueue[Command] = SimpleQueue()  # those among them that cut long work short
        self._saved_at, self._save_cost, self._beat_at = time.monotonic(), 0.0, 0.0
        self._saved_step = progress.step
        self._thread = Thread(target=self._live, name=f"run {id}", daemon=True)

    def start(self, paused: bool = False) -> None:
        if paused:
            self._become(RunState.PAUSED)
        else:
            self._ask_for_a_place()
        self._thread.start()

    def send(self, command: Command) -> None:
        if command in URGENT:
            self._urgent.put(command)
        self._commands.put(command)

    def wake(self) -> None:
        """The queue has moved."""
        self._commands.put(None)

    def change(self, settings: Settings) -> None:
        """Train on with other settings of CHANGEABLE; an InputError at once for what cannot be."""
        changed(self.trainer.config, settings)
        self._commands.put(settings)

    def look_seldom(self) -> None:
        """At 0, 1, 2, 4, 8, ... steps, and at others only while that takes a small share of the time."""
        self._looks = LookBudget(grant=0.0)

    def snapshot(self, since: int = -1) -> Snapshot | None:
        """A frozen copy of what the run has shown, or None if nothing changed since that cursor."""
        return self.recorder.snapshot(since)

    @property
    def config(self) -> RunConfig:
        """The settings that it has now."""
        return self.trainer.config

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def join(self, timeout: float | None = JOIN_WITHIN) -> None:
        """Wait for the thread's end: the last step is done, the last checkpoint written."""
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _live(self) -> None:
        torch.set_num_threads(self.trainer.config.threads)  # per thread; two halve the speed of small nets
        engine = self.trainer.engine
        turns = short_turns() if isinstance(engine, BulkEngine) and not engine.holds_lock else nullcontext()
        try:
            with turns:
                self._train()
        except TakenOverError as error:
            self._end(RunState.INTERRUPTED, str(error))
        except Exception as error:
            step = self.trainer.number
            log.exception("run %s failed at step %d", self.id, step)
            about = f"{type(error).__name__}: {error}".rstrip(".")
            self._end(RunState.FAILED, FAILURE.format(step=step, error=about))
        finally:
            self._queue.leave(self)

    def _train(self) -> None:
        while (reason := self._reason_to_end()) is None:
            with suppress(CutShort):  # by the command that is there now
                command = self._next_command()
                if isinstance(command, Mapping):
                    self._change(command)
                if command == Command.STOP:
                    return self._end(RunState.STOPPED)
                if command == Command.PLAY and self._progress.state == RunState.PAUSED:
                    self._ask_for_a_place()
                if command == Command.PAUSE:
                    self._pause()
                if command == Command.STEP and not self._single_step():
                    return self._diverged()
                if self._progress.state == RunState.READY:
                    self._come_forward()
                is_due = self._progress.state == RunState.RUNNING and time.monotonic() >= self._next_at
                if is_due and not self._go_on():
                    return self._diverged()
        return self._finish(reason)

    def _ask_for_a_place(self) -> None:
        self._queue.join(self)
        self._come_forward()

    def _come_forward(self) -> None:
        """Train if there is a place, else say how many wait before it."""
        before = self._queue.before(self)
        message = waits("its turn", before)
        if before is None:
            self._become(RunState.RUNNING)
        elif (self._progress.state, self._progress.message) != (RunState.READY, message):
            self._become(RunState.READY, message)

    def _rest(self) -> None:
        """Paused, it leaves its place to others."""
        self._become(RunState.PAUSED)
        self._queue.leave(self)

    def _finish(self, reason: str) -> None:
        """The last step is always seen, also where nobody knew that it would be the last."""
        try:
            sound = not self._steps_left or self._look(is_last=True)
            self._tell(self._progress.seconds)
            if sound:
                self._evaluate_all()
        except CutShort:
            return self._end(RunState.STOPPED, NOT_EVALUATED)
        return self._end(RunState.FINISHED, reason) if sound else self._diverged()

    def _evaluate_all(self) -> None:
        """The whole splits by the best net, if one was kept; cut short, the run is as it was."""
        before = copied(self.trainer.state()) if self.trainer.best else {}
        try:
            with self._cuttable("last evaluation"):
                self.trainer.take_best()
                self.recorder.evaluated(self._evaluation(most=None))
        except CutShort:
            if before:
                self.trainer.load(before)
            raise

    @contextmanager
    def _cuttable(self, work: str, seconds: float = math.inf) -> Generator[None]:
        """What took long when it was done last ends with CutShort where a stop or a pause waits, as if never begun."""
        started = time.monotonic()
        is_long = min(seconds, self._took[work]) > LONG

        def is_wanted() -> bool:
            return not self._urgent.empty() and time.monotonic() - started > LONG

        with self.trainer.cut_short_when(is_wanted) if is_long else nullcontext():
            yield
        self._took[work] = time.monotonic() - started

    def _reason_to_end(self) -> str | None:
        trainer = self.trainer
        return reason_to_end(trainer.config, trainer.number, trainer.best_step, self._progress.seconds)

    def _next_command(self) -> Command | Settings | None:
        """The next command if one came; a paused or a slow run waits for it, with a sign of life now and then."""
        paused = self._progress.state != RunState.RUNNING
        rest = self.store.heartbeat if paused else min(self.store.heartbeat, self._next_at - time.monotonic())
        try:
            command = self._commands.get(timeout=rest) if rest > 0 else self._commands.get_nowait()
            if command in URGENT:
                self._urgent.get()
            return command
        except Empty:
            if paused:
                self._beat()
            return None

    def _change(self, settings: Settings) -> None:
        """The mark belongs to a checkpoint: what follows can be repeated from there."""
        trainer = self.trainer
        self.recorder.marked(Mark(trainer.number, in_words(trainer.config, settings), dict(settings)))
        trainer.change(settings)
        self._step_seconds = math.inf  # another batch takes another time
        self._took.clear()
        self._progress = self._progress.within(trainer.config)
        self.recorder.progress(self._progress)
        self._save()

    def _pause(self) -> None:
        self._rest()
        self._save()

    def _single_step(self) -> bool:
        self._rest()
        sound = self._look()
        self._tell(self._progress.seconds)
        return sound

    def _go_on(self) -> bool:
        """Train for about a chunk, no faster than the pace, then tell; False when the loss is no longer a number."""
        started = self._chunk_began = time.monotonic()
        before = self.trainer.number
        last = before + max(1, int(min(self._steps_left, self.pace.at(before) * CHUNK)))
        sound = True
        try:
            while sound and time.monotonic() - started < CHUNK and self.trainer.number < last and self._steps_left:
                sound = self._advance(last)
        finally:  # also where it is cut short
            seconds = time.monotonic() - started
            self._next_at = started + (self.trainer.number - before) / self.pace.at(before)
            self._measure_speed(self.trainer.number - before, max(seconds, self._next_at - started))
            self._chunk_began = None
            self._tell(self._progress.seconds + seconds)
        if sound:
            self._save_when_due()
        return sound

    @property
    def _steps_left(self) -> int:
        """Until its last step, or until its patience is over: no chunk goes beyond, however fast the machine is."""
        trainer, config = self.trainer, self.trainer.config
        patient = trainer.best_step + config.patience if config.patience else config.max_steps
        return max(0, min(config.max_steps, patient) - trainer.number)

    def _advance(self, last: int) -> bool:
        """Up to the next kept step without looking, or one step with all eyes open; not beyond the last."""
        number = self.trainer.number
        judges = self.trainer.config.patience and is_on_grid(number, KEPT)  # what decides the end hangs on no clock
        if self._steps_left == 1 or judges or self._looks.is_due(number, self._progress.seconds):
            return self._look()
        unseen = min(next_on_grid(number + 1, KEPT) - number, self._steps_left - 1)
        in_a_chunk = max(1, int(CHUNK / self._step_seconds))
        started = time.monotonic()
        with self._cuttable("step", self._step_seconds):  # one alone, if they are long
            losses = self.trainer.advance(min(unseen, in_a_chunk, last - number))
        # a wait for the interpreter's lock is no part of the steps, and must not shorten the next chunk
        self._step_seconds = min((time.monotonic() - started) / len(losses), 1.05 * self._step_seconds)
        return self._record(number, losses)

    def _look(self, is_last: bool = False) -> bool:
        """One step with every diagnostic; on the coarse grid the splits are evaluated first and the readings kept."""
        started = time.monotonic()
        to_keep = is_on_grid(self.trainer.number, KEPT)
        with self._cuttable("look and evaluation" if to_keep else "look"):
            evaluation = self._evaluation(self._evaluated) if to_keep else None
            step = self.trainer.step()
        if evaluation:
            self.recorder.evaluated(evaluation)
        readings = self._readings(step)
        if readings:
            weights = copied(self.trainer.model.state())
            is_last = is_last or not self._steps_left
            has_state = is_last or is_on_grid(step.number, self._snapshots_in_an_octave)
            state = copied(self.trainer.state()) if has_state else None
            self.recorder.observed(Observation(step.number, readings, state), to_keep or is_last, weights)
        self._looks.took(step.number, time.monotonic() - started)
        return self._record(step.number, np.array([step.loss]))

    def _readings(self, step: Step) -> dict[str, Reading]:
        """What the step shows; nothing where a stop or a pause does not wait for it, though the step is taken."""
        try:
            with self._cuttable("readings"):
                return measured(step)
        except CutShort:
            return {}

    @cached_property
    def _snapshots_in_an_octave(self) -> int:
        """Asked for after a step, because before it the optimizer keeps nothing."""
        size = sum(tensor.nbytes for tensor in self.trainer.state().values())
        return snapshots_in_an_octave(size, self.trainer.config.max_steps)

    def _record(self, first_step: int, losses: NDArray[np.float64]) -> bool:
        """Tell the losses up to the first that is no number; False if there is one."""
        broken = np.flatnonzero(~np.isfinite(losses))
        if len(broken):
            losses = losses[: broken[0] + 1]
            self._broken_at = first_step + len(losses) - 1
        self.recorder.losses(first_step, losses)
        wanted = self._exact[(first_step <= self._exact) & (self._exact < first_step + len(losses))]
        self.loss_at |= {int(step): float(losses[step - first_step]) for step in wanted}
        return not len(broken)

    @property
    def _evaluated(self) -> int:
        """How many characters of a split are scored while it trains."""
        parameters = sum(parameter.numel() for parameter in self.trainer.parameters.values())
        return min(EVALUATED, max(FEWEST_EVALUATED, AFFORDABLE // max(1, parameters)))

    def _evaluation(self, most: int | None) -> Evaluation:
        trainer = self.trainer
        train, val = trainer.evaluate("train", most), trainer.evaluate("val", most)
        trainer.judge(val)
        return Evaluation(trainer.number, train, val, self._seconds, time.time())

    @property
    def _seconds(self) -> float:
        """Of training until now, within a chunk too."""
        in_this_chunk = 0.0 if self._chunk_began is None else time.monotonic() - self._chunk_began
        return self._progress.seconds + in_this_chunk

    def _diverged(self) -> None:
        """Say what ran off. The run is left as it was when it was last sound."""
        assert self._broken_at is not None
        self._become(self._progress.state, "The loss is no longer a number; looking for what ran off first.")
        self.trainer = self._as_saved()
        try:
            with self._cuttable("explanation"):
                message = explain(self.trainer, self._broken_at)
        except CutShort:
            self.trainer, message = self._as_saved(), UNEXPLAINED.format(step=self._broken_at)
        self._progress = replace(self._progress, step=self._broken_at)
        self._end(RunState.DIVERGED, message)

    def _as_saved(self) -> Trainer:
        """A second trainer that stands at the last checkpoint, or at the beginning."""
        trainer = Trainer(self.trainer.config, self.trainer.dataset)
        state = self.store.checkpoint(self.id)
        if state:
            trainer.load(state)
        return trainer

    def _end(self, state: RunState, message: str = "") -> None:
        """The store hears of the end before anyone sees it: a run that shows as stopped can be resumed at once."""
        self._progress = replace(self._progress, state=state, message=message)
        try:
            self._keep_end()
        except TakenOverError as error:
            self._progress = replace(self._progress, state=RunState.INTERRUPTED, message=str(error))
        finally:
            self.recorder.progress(self._progress)

    def _keep_end(self) -> None:
        """A run that is stopped waits for nothing; one that came to its end by itself waits until that can be kept."""
        if self._progress.state == RunState.FAILED:
            return self._beat()
        if self._progress.state == RunState.INTERRUPTED:
            return None
        fault = self._try_to_save() if self._progress.state == RunState.STOPPED else self._until_saved()
        if fault:
            lost = f"What it did after step {self._saved_step:,} is not kept."
            self._progress = replace(self._progress, state=RunState.STOPPED, message=f"{fault} {lost}")
        return None

    def _become(self, state: RunState, message: str = "") -> None:
        self._progress = replace(self._progress, state=state, message=message)
        self.recorder.progress(self._progress)

    def _tell(self, seconds: float) -> None:
        self._progress = replace(self._progress, step=self.trainer.number, seconds=seconds)
        self.recorder.progress(self._progress)

    def _measure_speed(self, steps: int, seconds: float) -> None:
        """An average of the recent speed, weighted by time."""
        if seconds <= 0:
            return
        weight = min(1.0, seconds / SPEED_MEMORY) if self._progress.steps_per_second else 1.0
        speed = (1 - weight) * self._progress.steps_per_second + weight * steps / seconds
        self._progress = replace(self._progress, steps_per_second=speed)

    def _save_when_due(self) -> None:
        now = time.monotonic()
        if now - self._saved_at > max(SAVE_EVERY, self._save_cost / SAVE_SHARE):
            self._save()
        elif now - self._beat_at > self.store.heartbeat:
            self._beat()

    def _beat(self) -> None:
        with suppress(CannotWriteError):  # the next save says so
            self.store.beat(self.id, self._progress)
        self._beat_at = time.monotonic()

    def _save(self) -> None:
        """The next command is to stop where that could not be done before it came."""
        self._until_saved()

    def _until_saved(self) -> str:
        """While it cannot be saved a run waits, says why, and tries again now and then, or for any command.

        Gives the reason, where it is to stop meanwhile. The commands stay in the queue.
        """
        progress, heard, fault = self._progress, list[Command | Settings | None](), self._try_to_save()
        if not fault:
            return fault
        log.warning("run %s could not be saved at step %d: %s", self.id, self.trainer.number, fault)
        while fault and Command.STOP not in heard:
            self._become(RunState.PAUSED, f"{fault} {self._how_it_goes_on}")
            with suppress(Empty):
                heard.append(self._commands.get(timeout=self.store.heartbeat))
            self._progress = progress
            fault = self._try_to_save()
        for command in heard:
            self._commands.put(command)
        self.recorder.progress(progress)
        return fault

    @property
    def _how_it_goes_on(self) -> str:
        return (
            f"The run waits, with all that it did after step {self._saved_step:,} in memory, and goes on by itself "
            "once that can be kept; Play tries at once."
        )

    def _try_to_save(self) -> str:
        """Metrics and checkpoint of this very step in one transaction; the reason if that cannot be."""
        started = time.thread_time()  # waiting for a busy machine is no cost of saving
        try:
            self.store.save(self.id, self._progress, self.recorder.changes(), self.trainer.state())
        except CannotWriteError as error:
            return str(error)
        self.recorder.saved()
        self._saved_at, self._saved_step = time.monotonic(), self.trainer.number
        self._save_cost, self._beat_at = time.thread_time() - started, self._saved_at
        return ""


def copied(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors of their own, which stay when these go on."""
    return {name: tensor.detach().clone() for name, tensor in state.items()}
