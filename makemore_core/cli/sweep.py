"""`sweep`: try a preset with many settings, and see which were best."""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from makemore_core.cli.options import (
    FAILED,
    INTERRUPTED,
    PROGRAM,
    AsJson,
    DataName,
    PresetName,
    configured,
    given,
    knob_option,
    load,
    open_manager,
)
from makemore_core.cli.reports import Document
from makemore_core.cli.terminal import Cell, complain, fetch_bar, say, show_table, write_json
from makemore_core.cli.train import GLANCE, signals_stop
from makemore_core.config import parse_setting
from makemore_core.errors import choose_one_of
from makemore_core.knobs import knobs_of
from makemore_core.presets import preset_named
from makemore_core.search.axes import Axis
from makemore_core.search.plan import SweepPlan
from makemore_core.search.proposals import planned
from makemore_core.search.standing import DONE, Standing, SweepState, Trial, TrialState
from makemore_core.search.sweeps import Sweeps
from makemore_core.workers.on_ray import VARIABLE

PLACES = {"here": "", "processes": "processes", "ray": "ray"}
SHOWN = 10  # trials of a leaderboard
PLAN = {knob.name: knob for knob in knobs_of(SweepPlan)}


def _plan_option(name: str, metavar: str) -> Any:
    """A flag for a knob of the plan, which knows the help, and reads the text."""
    knob = PLAN[name]
    metavar = "|".join(knob.options) or metavar
    help = f"{knob.help} ({knob.default})"
    return typer.Option(f"--{name.replace('_', '-')}", metavar=metavar, help=help, show_default=False)


def sweep(
    preset: PresetName,
    over: Annotated[
        list[str],
        typer.Option(metavar="PATH=RANGE", help="optimizer.learning_rate=log:1e-3:1, model.n_hidden=32:512, ...=a,b."),
    ],
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="A setting that all trials share.")
    ] = None,
    data: DataName = None,
    steps: Annotated[str | None, knob_option("max_steps", "--steps", "N")] = None,
    trials: Annotated[str | None, _plan_option("trials", "N")] = None,
    seconds: Annotated[str | None, _plan_option("seconds", "S")] = None,
    sampler: Annotated[str | None, _plan_option("sampler", "")] = None,
    pruner: Annotated[str | None, _plan_option("pruner", "")] = None,
    seeds: Annotated[str | None, _plan_option("seeds", "N")] = None,
    at_once: Annotated[str | None, _plan_option("at_once", "N")] = None,
    seed: Annotated[str | None, _plan_option("seed", "N")] = None,
    where: Annotated[
        str, typer.Option(metavar="|".join(PLACES), help="In threads of this process, in processes, or on a cluster.")
    ] = "processes",
    ray: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Train on this Ray cluster; `auto` starts one on this machine.")
    ] = "",
    json: AsJson = False,
) -> None:
    """Try a preset with many settings, many at once, and say which were best."""
    if where not in PLACES:
        raise choose_one_of("place", where, PLACES)
    if ray:
        os.environ[VARIABLE], where = ray, "ray"
    base = {"data.dataset": data, "max_steps": steps}
    own = {"trials": trials, "seconds": seconds, "sampler": sampler, "pruner": pruner, "seeds": seeds}
    flags = given(own | {"at_once": at_once, "seed": seed})
    config = configured(preset_named(preset).config, dict(map(parse_setting, settings or ())) | given(base))
    load(config)
    axes = tuple(Axis.parse(path, text, config) for path, text in map(parse_setting, over))
    values: dict[str, Any] = {name: PLAN[name].parse(text) for name, text in flags.items()}
    plan = SweepPlan(config, preset, axes, **values, where=PLACES[where])
    with open_sweeps() as sweeps:
        watch(sweeps, sweeps.begin(plan), json)


@contextmanager
def open_sweeps() -> Generator[Sweeps]:
    """The sweeps of the default store; one that is at work at the end can be gone on with."""
    with open_manager() as manager:
        sweeps = Sweeps(manager)
        try:
            yield sweeps
        finally:
            sweeps.close()


def watch(sweeps: Sweeps, id: str, json: bool) -> None:
    """Wait for a sweep's end with a bar on stderr; Ctrl-C stops it, and says how to go on."""
    with signals_stop(lambda: sweeps.stop(id)), fetch_bar(id) as move:
        standing = sweeps.standing(id)
        while standing.state in (SweepState.RUNNING, SweepState.STOPPING):
            standing = sweeps.wait(id, GLANCE)
            move(_done(standing) / planned(standing.plan), status(standing))
    if json:
        write_json(sweep_document(standing))
    else:
        show_board(standing)
    if standing.state == SweepState.FAILED:
        complain(standing.message)
        raise typer.Exit(FAILED)
    if standing.state == SweepState.STOPPED:
        complain(f"Stopped after {_done(standing)} trials; go on with `{PROGRAM} sweeps resume {id}`.")
        raise typer.Exit(INTERRUPTED)


def _done(standing: Standing) -> int:
    return sum(trial.state in DONE for trial in standing.trials)


def status(standing: Standing) -> str:
    """`12 of 40 trials, 0:21 left, best val 2.3102`."""
    parts = [f"{_done(standing)} of {planned(standing.plan)} trials"]
    if standing.seconds_left is not None:
        minutes, seconds = divmod(round(standing.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02} left")
    if standing.best_trial and standing.best_trial.val is not None:
        parts.append(f"best val {standing.best_trial.val:.4f}")
    return ", ".join(parts)


def sweep_document(standing: Standing) -> Document:
    """A sweep with all its trials, the best first."""
    plan = standing.plan
    return {
        "sweep": standing.id,
        "preset": plan.preset,
        "state": standing.state,
        "message": standing.message,
        "seconds": standing.seconds,
        "axes": {axis.path: axis.text for axis in plan.axes},
        "plan": {name: getattr(plan, name) for name in PLAN},
        "best": standing.best,
        "importances": standing.importances,
        "trials": [_trial_document(trial) for trial in ranked(standing.trials)],
    }


def _trial_document(trial: Trial) -> Document:
    return {
        "trial": trial.number,
        "state": trial.state,
        "val": trial.val,
        "spread": trial.spread,
        "values": trial.values,
        "steps": trial.step,
        "seconds": trial.seconds,
        "runs": list(trial.runs),
        "message": trial.message,
    }


def ranked(trials: Sequence[Trial]) -> list[Trial]:
    """Those that came to their end first, and the lowest loss first."""
    return sorted(trials, key=lambda t: (t.state != TrialState.FINISHED, t.val is None, t.val or 0.0, t.number))


def show_board(standing: Standing) -> None:
    """The leaderboard, which knob mattered, and how to keep the best."""
    paths = [axis.path for axis in standing.plan.axes]
    best = ranked(standing.trials)[:SHOWN]
    rows: list[tuple[Cell, ...]] = [
        (str(t.number), t.val, t.spread, str(t.state), t.step, *(str(t.values.get(path, "")) for path in paths))
        for t in best
    ]
    show_table(("trial", "val", "± seeds", "state", "steps", *(path.rpartition(".")[2] for path in paths)), rows)
    if len(standing.trials) > SHOWN:
        say(f"and {len(standing.trials) - SHOWN:,} more; `{PROGRAM} sweeps show {standing.id} --json` has them all.")
    if standing.importances:
        shares = sorted(standing.importances.items(), key=lambda item: -item[1])
        say(f"What mattered: {', '.join(f'{path} {share:.0%}' for path, share in shares)}.")
    if standing.best is not None:
        say(f"`{PROGRAM} sweeps adopt {standing.id}` makes trial {standing.best} an ordinary run.")
