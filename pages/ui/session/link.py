"""What the address of a tab says: read once when it is opened, written with each choice."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

import streamlit as st

from makemore_core.errors import InputError
from makemore_core.sharing import LONGEST_WORD, known_words, read_settings, settings_link, words_of
from pages.ui import limits as teachers_link
from pages.ui.limits import Limits
from pages.ui.manager import run_manager
from pages.ui.session.answers import said
from pages.ui.session.chosen import LAYER, STRIP, choose_run, current_run, kept, look_back, select, selected, step
from pages.ui.session.notices import attempt, notify
from pages.ui.session.settings import FIRST_PRESET, Draft, draft, keep_draft, limits, set_limits
from pages.ui.session.shown import living_run, progress

FRONT = "train"  # the page without a name in its address
LOCAL = "http://localhost:8501/"  # where `make run` opens the dashboard
FIRST_TEXTS = {"my_name": "emma", "my_names": "emma"}
INSIDE, NEXT, EXERCISE, TERM, LESSON = "inside", "next_character", "exercise", "term", "lesson"
RUNS = "runs"  # those that are compared, by id
# what the URL keeps of pages: the open view, the progress of the exercise
NAMED_ALIKE = (
    *("embeddings", "my_name", "counting", "backprop", EXERCISE, "minitorch", "take_home"),
    *("compare", "search", "sweep", TERM, LESSON),
)
VIEW_PARAMETERS = {INSIDE: "view", NEXT: "ask", **{name: name for name in NAMED_ALIKE}}
OWN_PARAMETERS = (
    *("run", "step", "layer", "embed", "embed_options", RUNS),
    *VIEW_PARAMETERS.values(),
    *teachers_link.PARAMETERS,
)
STEP_RULE = re.compile(r"[0-9]{1,12}")
SCRUBBER = "time_scrubber"


def begin() -> None:
    """Read the URL once for each tab; from then on the tab's own choices count, as long as their run is there."""
    st.session_state.pop("rerun", None)  # this is the one: another would take the notices away at once
    if "draft" in st.session_state:
        progress()
        return
    for key, value in FIRST_TEXTS.items():
        st.session_state[key] = value
    parameters = st.query_params.to_dict()
    for page, parameter in VIEW_PARAMETERS.items():
        select(page, parameters.get(parameter, ""))
    select(LAYER, parameters.get("layer", ""))
    select(RUNS, _runs_of(parameters.get(RUNS, "")))
    settings = {path: text for path, text in parameters.items() if path not in OWN_PARAMETERS}
    shared = read_settings(settings, FIRST_PRESET)
    keep_draft(Draft(shared.preset, shared.config))
    notify(*shared.sentences)
    st.session_state["run"] = None
    if "run" in parameters:
        attempt(lambda: choose_run(run_manager().row(parameters["run"][:LONGEST_WORD]).id))
        attempt(lambda: look_back(_step_of(parameters.get("step", ""))))
    else:
        st.session_state["run"] = living_run()


def _step_of(text: str) -> int | None:
    """The step that a link looks back to; None is the present."""
    if text and not STEP_RULE.fullmatch(text):
        raise InputError(f"A link's step is a whole number, but got {text[:LONGEST_WORD]!r}; you see the latest.")
    return int(text) if text else None


def _runs_of(text: str) -> tuple[str, ...]:
    """The runs that a link compares, by id, each once, whose names it may say too; one sentence on others."""
    if not text:
        return ()
    here = {name: row.id for row in run_manager().runs() for name in (row.id, row.name) if name}
    sentences: list[str] = []
    known = known_words("run", words_of(text), here, sentences)
    notify(*sentences)
    return tuple(dict.fromkeys(here[name] for name in known))


def read_limits(titles: Mapping[str, str]) -> Limits:
    """What the link that opened this tab takes away, of the pages with these titles by name; read once."""
    st.session_state["page_titles"] = dict(titles)
    if "limits" not in st.session_state:
        found, sentences = teachers_link.limits_of(st.query_params.to_dict(), titles)
        set_limits(found)
        notify(*sentences)
    return limits()


def see_everything() -> None:
    """Forget what a link took away; its settings stay."""
    set_limits(Limits())
    publish()


def page_titles() -> dict[str, str]:
    """Every page's title by the name that its address has."""
    return st.session_state.get("page_titles", {})


def stand_on(page: str) -> None:
    """Remember which page is open."""
    st.session_state["page"] = page


def open_page_name() -> str:
    """The page that is open."""
    return st.session_state.get("page", "")


def publish() -> None:
    """Write what was chosen into the URL, so that a copied link or a reload finds it again."""
    wanted = link_of_settings() | link_of_run() | link_of_view() | limits().parameters
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def link_of_settings() -> dict[str, str]:
    """What a link says of the next run's settings."""
    return dict(_link_of(draft()))


@lru_cache(maxsize=256)
def _link_of(what: Draft) -> dict[str, str]:
    return settings_link(what.preset, what.config)


def link_of_run() -> dict[str, str]:
    """What a link says of the chosen run: itself, and the step that is looked back to."""
    run, at = current_run(), step()
    return ({"run": run} if run else {}) | ({"step": str(at)} if at is not None else {})


def link_of_view() -> dict[str, str]:
    """What a link says of the views that are open."""
    views = {parameter: name for page, parameter in VIEW_PARAMETERS.items() if (name := kept(page, ""))}
    compared = {RUNS: ",".join(runs)} if (runs := kept(RUNS, ())) else {}
    return views | compared | ({"layer": layer} if (layer := kept(LAYER, "")) else {})


def address(page: str) -> str:
    """A page's address, as this browser sees the dashboard."""
    base = (st.context.url or LOCAL).rstrip("/").removesuffix(f"/{open_page_name()}")
    return f"{base}/{'' if page == FRONT else page}"


def view(views: Iterable[str], page: str = INSIDE) -> str:
    """Which of the views of a page is open: the first, until another was chosen."""
    return selected(page, list(views))


def choose_view(name: str, page: str = INSIDE) -> None:
    """Open another view of a page, and say so in the URL."""
    select(page, name)
    publish()


def scrubbed() -> None:
    """The callback of the scrubber, which says -1 for the present."""
    step = said(SCRUBBER, "step")
    if step is not None:
        look_back(int(step) if step >= 0 else None)
        publish()


def layer_clicked() -> None:
    """The callback of the strip of layers: show this layer by itself."""
    name = said(STRIP, "layer")
    if name is not None:
        select(LAYER, name)
        choose_view(LAYER)


def compare_runs(runs: Iterable[str]) -> None:
    """Choose the runs that are compared, by id, and say so in the URL."""
    select(RUNS, tuple(dict.fromkeys(runs)))
    publish()
