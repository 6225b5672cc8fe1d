"""The measurements behind the challenges: each reads the chosen run, and says in one sentence what it found."""

import math
from collections.abc import Callable

from makemore_core.diagnostics import judged
from makemore_core.diagnostics.saturation import Saturation
from makemore_core.exercise.problems import PROBLEMS
from makemore_core.exercise.progress import Progress
from makemore_core.lessons.lesson import Finding, Situation
from makemore_core.lessons.rules import Test
from makemore_core.ngrams import yardsticks
from makemore_core.training.curve import LAST, STEP
from makemore_core.training.recorder import Evaluation

Measure = Callable[[Situation], Finding]
NOT_YET = Finding(False, "Nothing is measured yet: press **Play**.")
NOT_YOURS = Finding(False, "The run that is shown is somebody else's; train or fork one of your own.")
BIGRAM = 2.453  # nats on val of the lectures' own names, where their printed losses belong
WARMED_UP = 1_000  # steps after which a net's health is its own, not its first weights'


def _of_own_run(measure: Measure) -> Measure:
    """A measurement of a run that the user has begun."""

    def measured(now: Situation) -> Finding:
        if now.row is None or now.config is None or now.snapshot is None:
            return NOT_YET
        return measure(now) if now.is_mine else NOT_YOURS

    return measured


def _evaluations(now: Situation) -> tuple[Evaluation, ...]:
    return now.snapshot.evaluations if now.snapshot else ()


def _compared(now: Situation, line: float, called: str, within: float = math.inf) -> Finding:
    """The best val that a run had within so many seconds of training, beside a line."""
    among = [e for e in _evaluations(now) if math.isfinite(e.val) and (e.seconds or 0.0) <= within]
    if not among:
        return NOT_YET
    best = min(among, key=lambda e: e.val)
    after = f"after {best.seconds:.0f} s of training" if best.seconds is not None else f"after {best.step:,} steps"
    if best.val < line:
        return Finding(True, f"Val is {best.val:.3f} {after}, below {called}.")
    too_late = " The time is up: begin another run." if _spent(now) > within else ""
    return Finding(False, f"Best val {best.val:.3f} {after}: {best.val - line:.3f} nats above {called}.{too_late}")


def _spent(now: Situation) -> float:
    return now.snapshot.progress.seconds if now.snapshot else 0.0


def val_under(on_names: float, seconds: float = math.inf) -> Measure:
    """Val below a number printed for the lectures' names, in so many seconds; on other data as far below its bigram."""

    def measure(now: Situation) -> Finding:
        line = round(on_names + yardsticks(now.shown.data).get("bigram", BIGRAM) - BIGRAM, 2)
        return _compared(now, line, f"{line:.2f}", seconds)

    return _of_own_run(measure)


def beats_table(table: str, is_asked_for: Test) -> Measure:
    """Val below that of a count table, by a net of the kind that is asked for."""

    def measure(now: Situation) -> Finding:
        if now.config and not is_asked_for(now.config):
            return Finding(False, f"The run shown is {_a(now.config.model.name)}: this challenge asks for another net.")
        line = yardsticks(now.shown.data).get(table)
        return _compared(now, line, f"the {table}'s {line:.3f}") if line else NOT_YET

    return _of_own_run(measure)


def _a(model: str) -> str:
    return f"{'an' if model[0] in 'aeiou' or model == 'mlp' else 'a'} {model}"


def that_learns(measure: Measure) -> Measure:
    """The same of a run that beats the bigram too: a net of zeros begins well, and learns nothing."""

    def measured(now: Situation) -> Finding:
        found, vals = measure(now), [e.val for e in _evaluations(now) if math.isfinite(e.val)]
        line = yardsticks(now.shown.data).get("bigram", math.inf)
        if not found.is_met or (vals and min(vals) < line):
            return found
        return Finding(False, f"{found.words} Now it has to learn: a val below the bigram's {line:.3f}.")

    return measured


def near_the_counts(within: float) -> Measure:
    """A neural bigram whose val is as near to the counted one's."""

    def measure(now: Situation) -> Finding:
        evaluations, line = _evaluations(now), yardsticks(now.shown.data)["bigram"]
        if now.config is None or now.config.model.name != "bigram":
            return Finding(False, "The run shown is no neural bigram: train one under *Counted and neural*.")
        if not evaluations:
            return NOT_YET
        apart = evaluations[-1].val - line
        words = f"Val is {evaluations[-1].val:.4f}, counting's {line:.4f}: {abs(apart):.4f} nats apart"
        return Finding(apart < within, f"{words}." if apart < within else f"{words}; train longer, without decay.")

    return _of_own_run(measure)


def first_loss_within(distance: float) -> Measure:
    """The loss of the run's very first batch is about what a blind guess costs."""

    def measure(now: Situation) -> Finding:
        if now.snapshot is None or not len(now.snapshot.losses) or now.snapshot.losses[0][STEP] != 0:
            return NOT_YET
        uniform = math.log(len(now.shown.data.load().vocabulary))
        first = _first_loss(now)
        apart = abs(first - uniform)
        words = f"The first loss is {first:.3f}, {apart:.3f} from {uniform:.3f}, the price of a blind guess"
        return Finding(apart <= distance, f"{words}." if apart <= distance else f"{words}: shrink the output layer.")

    return _of_own_run(measure)


def _first_loss(now: Situation) -> float:
    """Of the batch at step 0: as it was observed, before the curve has put more steps in one bucket."""
    assert now.snapshot is not None
    observed = next((o for o in now.snapshot.observations if o.step == 0), None)
    values = getattr(observed.readings.get("loss"), "values", {}) if observed else {}
    return float(values.get("batch loss", now.snapshot.losses[0][LAST]))


def no_layer_saturated() -> Measure:
    """After a thousand steps the verdict on each layer's saturation is healthy."""

    def measure(now: Situation) -> Finding:
        latest = now.snapshot.observations[-1] if now.snapshot and now.snapshot.observations else None
        if latest is None:
            return NOT_YET
        if now.step < WARMED_UP:
            return Finding(False, f"After {now.step:,} steps it is too early to say; at {WARMED_UP:,} it counts.")
        name = Saturation.name
        verdicts = judged({name: latest.readings[name]})[name] if name in latest.readings else {}
        worst = max(verdicts.values(), key=lambda verdict: verdict.level, default=None)
        if worst is None:
            return Finding(False, "This net has no nonlinearity of its own to look at: train an MLP.")
        return Finding(worst.level == 0, f"After {latest.step:,} steps: {worst.text}")

    return _of_own_run(measure)


def gradients_found(last: str) -> Measure:
    """The gradients from the loss back to one of them, each found and none looked up."""
    wanted = next(problem.number for problem in PROBLEMS if problem.name == last) + 1

    def measure(now: Situation) -> Finding:
        progress = Progress.read(str(now.choices.get("exercise", "")))
        left = [problem for problem in PROBLEMS[:wanted] if problem.number not in progress.found]
        if not left:
            return Finding(True, f"All {wanted} found, from {PROBLEMS[0].name} to {last}.")
        seen = [problem.name for problem in left if problem.number in progress.revealed]
        looked_up = f"; {seen[0]} was looked up, so start again" if seen else ""
        return Finding(False, f"{wanted - len(left)} of {wanted} found: `{left[0].name}` is missing{looked_up}.")

    return measure
