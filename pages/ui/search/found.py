"""What a sweep has found: the leaderboard, which knob mattered, and how all trials went."""

from collections import Counter
from collections.abc import Callable, Hashable
from functools import partial

import orjson
import streamlit as st

from makemore_core.charts.sweep import curves_figure, history_figure, importances_figure
from makemore_core.charts.sweep_axes import parallel
from makemore_core.charts.sweep_board import board
from makemore_core.search.standing import Standing
from pages.ui.live_chart import live_chart
from pages.ui.search.choice import choose_point, choose_trial, chosen_trial
from pages.ui.search.found_words import best_in_words, importances_in_words
from pages.ui.search.leaderboard import leaderboard
from pages.ui.search.names import names_of, own_name
from pages.ui.search.parallel import parallel_chart
from pages.ui.search.running import still_running
from pages.ui.search.trial_card import trial_card

BOARD, PARALLEL, BARS, CURVES = 330, 340, 260, 320  # pixels
MANY = 100  # trials: the curves of more are drawn anew only when one begins or ends
HINT = "Each line is a trial: the more it stands out, the better. Drag along an axis to keep what passes there."


def draw(standing: Standing) -> None:
    """From top to bottom: what is best so far, which knob mattered, what is still running."""
    chosen = chosen_trial(standing)
    _best(standing, chosen)
    _mattered(standing, chosen)
    still_running(standing)
    _all_trials(standing, chosen)


def _best(standing: Standing, chosen: int | None) -> None:
    names, own = names_of(standing.plan), own_name(standing.plan)
    with st.container(key="sweep_best"):
        st.markdown(best_in_words(standing))
    table, card = st.columns([8, 5], gap="medium")
    with table:
        rows = _made(standing.id, _settled(standing), "board", lambda: board(standing, names, own))
        choose = partial(choose_trial, standing.id)
        leaderboard(rows, standing.id, chosen, choose, key="sweep_board", height=BOARD)
    with card:
        trial_card(standing, chosen)


def _mattered(standing: Standing, chosen: int | None) -> None:
    names, said = names_of(standing.plan), importances_in_words(standing, names_of(standing.plan))
    lines = _made(standing.id, _settled(standing), "lines", lambda: parallel(standing, names) | {"hint": HINT})
    choose = partial(choose_trial, standing.id)
    parallel_chart(lines, standing.id, chosen, choose, key="sweep_parallel", height=PARALLEL)
    bars, words = st.columns([8, 5], gap="medium", vertical_alignment="center")
    with bars:
        shares = tuple(standing.importances.items())
        figure = _made(standing.id, shares, "bars", lambda: importances_figure(standing, names).to_json())
        live_chart(figure, key="sweep_importances", height=BARS)
    with words, st.container(key="sweep_mattered"):
        st.markdown(said)


def _all_trials(standing: Standing, chosen: int | None) -> None:
    settled = (_settled(standing), chosen)
    moment = settled if len(standing.trials) > MANY else (standing.version, chosen)
    own, on_click = own_name(standing.plan), partial(choose_point, standing.id)
    left, right = st.columns(2, gap="medium")
    with left:
        figure = _made(standing.id, settled, "history", lambda: history_figure(standing, chosen, own).to_json())
        live_chart(figure, key="sweep_history", height=CURVES, on_click=on_click)
    with right:
        figure = _made(standing.id, moment, "curves", lambda: curves_figure(standing, chosen).to_json())
        live_chart(figure, key="sweep_curves", height=CURVES, on_click=on_click)


def _settled(standing: Standing) -> Hashable:
    """Changes when a trial begins or ends: what shows results alone is drawn anew only then."""
    return tuple(sorted(Counter(trial.state for trial in standing.trials).items()))


@st.cache_data(max_entries=64, show_spinner=False)
def _made(sweep: str, moment: Hashable, what: str, _make: Callable[[], object]) -> str:
    """A picture of a sweep as JSON, made once for a moment, however many tabs look at it."""
    made = _make()
    return made if isinstance(made, str) else orjson.dumps(made).decode()
