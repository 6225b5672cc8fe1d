"""One trial by itself: its settings beside the yardstick's, its runs, and what can be made of it."""

from functools import partial

import streamlit as st

from makemore_core.charts.sweep_board import beside_yardstick, is_sound, shown, signed
from makemore_core.errors import InputError
from makemore_core.search.standing import Standing, Trial
from makemore_core.training.rows import RunRow
from pages.ui import session
from pages.ui.literal import literal
from pages.ui.manager import run_manager
from pages.ui.search.names import names_of, own_name
from pages.ui.widgets import pills


def trial_card(standing: Standing, chosen: int | None) -> None:
    """The chosen trial, else the best one."""
    number = standing.best if chosen is None else chosen
    trial = next((trial for trial in standing.trials if trial.number == number), None)
    with st.container(key="sweep_trial"):
        if trial is None:
            st.caption("The best trial will stand here, and what can be made of it.")
            return
        st.markdown(_head(standing, trial))
        st.html(_settings(standing, trial))
        if len(trial.runs) > 1:
            _seeds(trial)
        _buttons(standing, trial)


def _head(standing: Standing, trial: Trial) -> str:
    which = f"**Trial {trial.number}**" + (", the best" if trial.number == standing.best else "")
    val = f": val **{trial.val:.4f}**" if is_sound(trial.val) else ""
    if trial.state != "finished":
        return f"{which}{val}, {trial.state} at step {trial.step:,}"
    apart = beside_yardstick(standing, trial)
    return f"{which}{val}" + (f", {signed(apart)} beside {own_name(standing.plan)}" if apart is not None else "")


def _settings(standing: Standing, trial: Trial) -> str:
    """A row for each knob: its name, what the trial has, what the sweep began from."""
    names, settings = names_of(standing.plan), standing.plan.config.settings()
    rows = "".join(
        f"<tr><th>{names[path]}</th><td>{shown(value)}</td>"
        f"<td class='own'>{shown(settings[path]) if path in settings else '–'}</td></tr>"
        for path, value in trial.values.items()
    )
    head = f"<tr><th></th><td class='own'>this trial</td><td class='own'>{own_name(standing.plan)}</td></tr>"
    return f"<table class='trial-settings'>{head}{rows}</table>"


def _seeds(trial: Trial) -> None:
    """Which of its runs is shown."""
    titles = {run: f"seed {i}" for i, run in enumerate(trial.runs, start=1)}
    run = session.current_run()
    pills(
        "sweep_seed", "Run", list(titles), run if run in titles else None, _show_run,
        format_func=lambda run: titles.get(run, run), label_visibility="collapsed",
    )  # fmt: skip


def _show_run(run: str | None) -> None:
    if run:
        session.choose_run(run)
        session.ask_for_rerun()


def _buttons(standing: Standing, trial: Trial) -> None:
    """Keep its run, or begin a run of one's own from its settings."""
    row = next(map(_row, trial.runs), None)  # of its first seed
    kept = row if row and not row.sweep else None
    with st.container(horizontal=True):
        st.button(
            "Make it an ordinary run",
            key="adopt_trial",
            icon=":material/bookmark_add:",
            type="primary",
            on_click=_adopt,
            args=(standing.id, trial.number),
            disabled=row is None or kept is not None or trial.state in ("waiting", "running"),
            help="It then stands among your runs, with its curves and snapshots, and goes on where it stopped",
        )
        st.button(
            "Use these settings",
            key="use_trial",
            icon=":material/tune:",
            on_click=partial(_use, standing, trial),
            help="They become those of your next run, for as many steps as you like",
        )
    if kept:
        st.caption(f"It stands among your runs as {literal(kept.title)}.")
    elif trial.runs and row is None:
        st.caption("Its run was deleted; the result stays.")


def _row(run: str) -> RunRow | None:
    try:
        return run_manager().row(run)
    except InputError:  # somebody has deleted it
        return None


def _adopt(sweep: str, trial: int) -> None:
    session.attempt(lambda: session.choose_run(session.sweeps_desk().adopt(sweep, trial)))
    session.ask_for_rerun()


def _use(standing: Standing, trial: Trial) -> None:
    config = standing.plan.config
    session.attempt(lambda: session.take_settings(standing.plan.preset, config.with_values(trial.values)))
