"""The card of a preset that is broken on purpose: a question first, the diagnosis at a press, the cure at another."""

from functools import lru_cache, partial

import orjson
import plotly.graph_objects as go
import streamlit as st

from makemore_core.charts.comparison import Line, comparison_figure
from makemore_core.comparison.curves import BY_STEPS, band, val_curve
from makemore_core.comparison.looks import looks
from makemore_core.config import RunConfig
from makemore_core.ngrams import yardsticks
from makemore_core.presets import PRESETS
from makemore_core.presets.sickness import Sickness
from makemore_core.training.marks import in_words
from makemore_core.training.recorder import Snapshot
from makemore_core.training.rows import RunRow
from pages.ui import session
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.manager import run_manager
from pages.ui.panels import verdict_line
from pages.ui.runs.table_and_curves import curve

OPEN = "diagnosis"  # the preset whose diagnosis is open
HEIGHT = 260
FREE = ("max_steps", "max_seconds", "seed", "engine", "data.dataset")  # may differ, and it is the same case


def sick_card(snapshot: Snapshot) -> None:
    """What is sick in what is shown, if that is a case: asked, diagnosed, cured."""
    case = _case()
    if case is None:
        return
    name, sickness = case
    with st.container(key="sick", border=True, gap="small"):
        if sickness.is_cured_in(session.config()):
            changed = literal(in_words(PRESETS[name].config, sickness.cure))
            st.markdown(f":material/healing: **Cured**: {changed}. {literal(sickness.why)}")
            return
        _question(name, sickness)
        if session.kept(OPEN, "") == name:
            _diagnosis(sickness, snapshot)


def sick_curves(snapshot: Snapshot) -> None:
    """The cured run over the sick one."""
    case, run = _case(), session.current_run()
    if case is None or run is None or not case[1].is_cured_in(session.config()):
        return
    sick = _newest_sick_run(case[0])
    if sick is None:
        return
    both = (sick, run_manager().row(run))
    version = tuple((row.id, row.progress.step, row.val, row.progress.state) for row in both)
    chart(snapshot, version, "sick_curves", partial(_figure, both), HEIGHT)


def _newest_sick_run(name: str) -> RunRow | None:
    return next((row for row in session.newest_runs() if _is_sick(name, orjson.dumps(row.config))), None)


@lru_cache(maxsize=256)
def _is_sick(name: str, settings: bytes) -> bool:
    """Asked of fifty runs at each refresh; to read the settings of one takes half a millisecond."""
    sickness, config = PRESETS[name].sickness, RunConfig.from_dict(orjson.loads(settings))
    return sickness is not None and _is_case(name, sickness, config) and not sickness.is_cured_in(config)


def _figure(both: tuple[RunRow, RunRow]) -> go.Figure:
    look = looks(both)
    lines = [
        Line(f"{row.title}, {what}", look[row.id], band([curve(row, BY_STEPS, val_curve)]))
        for row, what in zip(both, ("sick", "cured"), strict=True)
    ]
    same_data = both[0].config["data"] == both[1].config["data"]
    measured = yardsticks(session.config().data) if same_data else {}
    return comparison_figure(lines, "val", BY_STEPS, measured, session.loss_view())


def _case() -> tuple[str, Sickness] | None:
    """The sick preset of the run that is shown, or that it was cured of; before a run, that of the settings."""
    run, draft = session.current_run(), session.draft().preset
    own = run_manager().row(run).preset if run else draft
    for name in dict.fromkeys((own, draft)):
        sickness = PRESETS[name].sickness if name in PRESETS else None
        if sickness and _is_case(name, sickness, session.config()):
            return name, sickness
    return None


def _is_case(name: str, sickness: Sickness, config: RunConfig) -> bool:
    return config.differences(PRESETS[name].config).keys() <= {*FREE, *sickness.cure}


def _question(name: str, sickness: Sickness) -> None:
    run = session.current_run()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        ask = f":material/stethoscope: **What is sick here?** {literal(sickness.question)}"
        st.markdown(ask if run else f"{ask} Press **Play** first.", width="stretch")
        is_open = session.kept(OPEN, "") == name
        st.button(
            "Diagnosis", key="diagnosis", icon=f":material/{'expand_less' if is_open else 'expand_more'}:",
            on_click=session.select, args=(OPEN, "" if is_open else name),
        )  # fmt: skip
        st.button(
            "Cure it", key="cure", icon=":material/healing:", type="primary", disabled=run is None,
            on_click=_cure, args=(name, sickness), help="A new run beside this one, with the cure and nothing else",
        )  # fmt: skip


def _diagnosis(sickness: Sickness, snapshot: Snapshot) -> None:
    """What one sees where; then what the diagnostic says, as soon as it has seen it; then why the cure helps."""
    st.markdown("\n".join(f"- **{literal(panel)}**: {literal(words)}" for panel, words in sickness.symptoms.items()))
    observed = [(observation.step, observation.readings) for observation in snapshot.seen]
    seen = sickness.last_seen(observed, session.config().data)
    if seen is None:
        st.caption(f"No diagnostic has seen it yet: that takes until step {sickness.shows_at:,}.")
        return
    step, verdict = seen
    verdict_line(verdict)
    cure = literal(in_words(session.config(), sickness.cure))
    st.caption(f"Seen at step {step:,}. {literal(sickness.why)} The cure: {cure}.")


def _cure(name: str, sickness: Sickness) -> None:
    """A run with the settings of this one, but for the cure."""
    session.attempt(partial(_start_cured, name, session.config().with_values(sickness.cure)))
    session.ask_for_rerun()


def _start_cured(name: str, config: RunConfig) -> None:
    session.take_settings(name, config)
    session.change("max_steps", config.max_steps)
    session.start_run(session.draft().config)
