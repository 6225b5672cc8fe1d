"""The family tree: which run was forked from which, after which step, and what was changed."""

import streamlit as st

from makemore_core.charts.family import NOTHING, family_figure, height
from makemore_core.comparison.family import Member, families, family_of
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.inside.choices import choose_from
from pages.ui.live import chart
from pages.ui.manager import run_manager

FAMILY = "runs_family"
MOST = 40  # lines that can be told apart


def draw(snapshot: Snapshot) -> None:
    """One family: that of the run that is shown, or another that is chosen; a click on a line shows its run."""
    manager = run_manager()
    known = families(manager.runs(), manager.store.forks())
    if not known:
        st.info(NOTHING, icon=":material/fork_right:")
        return
    whole = _chosen(known)
    family = whole[:MOST]
    chosen = session.current_run()
    version = (family, chosen)
    chart(
        snapshot,
        version,
        "family",
        lambda: family_figure(family, chosen),
        height(family),
        on_click=_show,
    )
    said = "Each line is a run, and begins where it was forked; the number at its end is its best val. Click one."
    st.caption(said + (f" The first {MOST} of {len(whole)} runs are drawn." if len(whole) > MOST else ""))


def _chosen(known: list[tuple[Member, ...]]) -> tuple[Member, ...]:
    """That of the run that is shown; where there are several, the list says whose."""
    now = family_of(session.current_run() or "", known)
    if len(known) == 1:
        return now
    titles = {family[0].run: f"{family[0].title} and {len(family) - 1} more" for family in known}
    first = [now[0].run, *(run for run in titles if run != now[0].run)]
    run = choose_from(FAMILY, "Family", first, lambda run: titles.get(run, str(run)), 310, label_visibility="collapsed")
    return next(family for family in known if family[0].run == run)


def _show(point: dict[str, str]) -> None:
    run = point["customdata"]
    session.attempt(lambda: session.choose_run(run_manager().row(run).id))
    session.ask_for_rerun()
