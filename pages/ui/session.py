"""What one browser tab has chosen: preset, settings, run. The only place that touches st.session_state and the URL.

The draft is the single truth about the settings: widgets show it, the URL repeats what differs from the preset.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple, Protocol, TypeVar

import orjson
import streamlit as st

from makemore_core.access import Actor, clean_name, key_of
from makemore_core.catalogue import SHIPPED
from makemore_core.charts.loss import LossView
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.errors import InputError
from makemore_core.inspection.edits import Edit
from makemore_core.knobs import Value
from makemore_core.presets import preset_named
from makemore_core.search.desk import SweepDesk
from makemore_core.sharing import (
    LONGEST_WORD,
    known_words,
    preset_on_data_here,
    read_settings,
    settings_link,
    words_of,
)
from makemore_core.training.desk import RunDesk
from makemore_core.training.pace import GENTLE_START, Pace
from makemore_core.training.recorder import Progress, Snapshot
from makemore_core.training.rows import RunRow
from makemore_core.training.untrained import TrainedModel, untrained_model, untrained_snapshot
from pages.ui import limits as teachers_link
from pages.ui.limits import PRESET, Limits
from pages.ui.manager import run_desk, run_manager, teacher
from pages.ui.sweeps import sweep_desk

FRONT = "train"  # the page without a name in its address
LOCAL = "http://localhost:8501/"  # where `make run` opens the dashboard
FIRST_PRESET, FIRST_IN_LAB = "lecture3-kaiming", "lecture3-original"
FIRST_TEXTS = {"my_name": "emma", "my_names": "emma"}
TURBO = "turbo"
GENTLE = "gentle start"
PACES = {
    TURBO: Pace(),
    GENTLE: GENTLE_START,
    **{f"{speed} steps/s": Pace(float(speed)) for speed in (200, 20, 2)},
}
FULL_SPEED = (TURBO, GENTLE)  # sooner or later
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
SCRUBBER, BROWSER = "time_scrubber", "browser"
STRIP, HERO, GRAPH = "layer_strip", "hero", "backprop_graph"
LAYER = "Layer"  # the view of one layer, and under which name that is remembered
SHORTEST_SECRET = 32  # characters of a browser's key
READ_WITHIN = 4.0  # seconds that a notice stays at least
MOST_OFFERED = 50  # runs in a picker; all of them stand on a page of their own
FIRST_LETTERS = 2  # of the data's first word: what is typed before anybody types
T = TypeVar("T")


class Shown(NamedTuple):
    """What a widget was told to show last, and under which of its keys."""

    generation: int
    value: object


class Awaited(Protocol):
    """What takes a while: a task, a sweep."""

    @property
    def is_running(self) -> bool: ...


@dataclass(frozen=True)
class Draft:
    """The settings of the next run, and the preset that they started from."""

    preset: str
    config: RunConfig


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
    _keep(Draft(shared.preset, shared.config))
    notify(*shared.sentences)
    st.session_state["run"] = None
    if "run" in parameters:
        attempt(lambda: choose_run(run_manager().row(parameters["run"][:LONGEST_WORD]).id))
        attempt(lambda: look_back(_step_of(parameters.get("step", ""))))
    else:
        st.session_state["run"] = _living_run()


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
        _set_limits(found)
        notify(*sentences)
    return limits()


def limits() -> Limits:
    """What a teacher's link has taken away in this tab."""
    return Limits(**st.session_state.get("limits", {}))


def _set_limits(found: Limits) -> None:
    st.session_state["limits"] = asdict(found)


def see_everything() -> None:
    """Forget what a link took away; its settings stay."""
    _set_limits(Limits())
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


def preset_draft(name: str) -> Draft:
    """A preset's settings, on data that is here."""
    return Draft(name, preset_on_data_here(name))


def _living_run() -> str | None:
    """The newest run that is training now, a trial of a sweep apart: a second tab finds it again."""
    return next((row.id for row in run_manager().runs() if row.progress.is_alive and not row.sweep), None)


def draft() -> Draft:
    """The settings of the next run."""
    return _kept("draft")


def _kept(name: str) -> Draft:
    kept: dict[str, Any] = st.session_state[name]
    return _draft_of(kept["preset"], orjson.dumps(kept["config"]))


@lru_cache(maxsize=256)
def _draft_of(preset: str, config: bytes) -> Draft:
    """Asked for at every widget of a page; checking all settings anew takes a millisecond."""
    return Draft(preset, RunConfig.from_dict(orjson.loads(config)))


def _keep(new: Draft, name: str = "draft") -> None:
    """Of the next run's settings those that are locked stay as they are."""
    if name == "draft" and name in st.session_state:
        new = replace(new, config=limits().held(new.config, draft().config))
    st.session_state[name] = {"preset": new.preset, "config": new.config.to_dict()}


def choose_preset(name: str) -> None:
    """Begin again from a preset; what was turned before is gone."""
    attempt(lambda: (refuse_locked(PRESET), _keep(preset_draft(name))))


def change(path: str, value: Value) -> None:
    """Turn one knob of the draft; a value that cannot be leaves it as it is, with a notice."""
    attempt(lambda: (refuse_locked(path), _turn(draft(), path, value, "draft")))


def refuse_locked(*paths: str) -> None:
    """An InputError where a teacher's link has locked one of these settings, of the next run or of one that trains."""
    limits().refuse(*paths)


def _turn(now: Draft, path: str, value: Value, name: str) -> None:
    _keep(Draft(now.preset, now.config.with_values({path: value})), name)


def lab() -> Draft:
    """The settings that the Init lab plays with; the next run's stay as they are."""
    if "lab" not in st.session_state:
        start_lab(preset_draft(FIRST_IN_LAB))
    return _kept("lab")


def start_lab(new: Draft) -> None:
    """Let the Init lab begin from other settings, and count as the lecture does there."""
    _keep(new, "lab")
    choose_lab_border(None)


def change_lab(path: str, value: Value) -> None:
    """Turn one knob of the Init lab, as change() does it for the draft."""
    attempt(lambda: _turn(lab(), path, value, "lab"))


def lab_border() -> float | None:
    """From where on the Init lab counts a tanh as saturated; None is as in the lecture."""
    return st.session_state.get("lab_border")


def choose_lab_border(border: float | None) -> None:
    """Count from another border on."""
    st.session_state["lab_border"] = border


def train_lab() -> None:
    """Make the Init lab's settings those of the next run, and show them."""
    attempt(lambda: _take(lab()))
    choose_run(None)


def take_settings(preset: str, settings: RunConfig) -> None:
    """Make settings that were found elsewhere those of the next run, as long as that is now, and show its net.

    InputError where one of those that would change is locked.
    """
    now = draft()
    new = settings.with_values({"max_steps": now.config.max_steps})
    refuse_locked(*new.differences(now.config), *([PRESET] if preset not in ("", now.preset) else []))
    _keep(Draft(preset or now.preset, new))
    choose_run(None)
    ask_for_rerun()


def _take(new: Draft) -> None:
    """What a teacher's link has locked stays as it is, and is named."""
    if new.preset != draft().preset:
        refuse_locked(PRESET)
    _keep(new)
    if left := new.config.differences(draft().config):
        notify(f"Set by your teacher, so left as it was: {', '.join(left)}.")


def train_on(dataset: str) -> None:
    """Make a data set that of the next run, and show the net that would learn it."""
    attempt(lambda: (refuse_locked("data.dataset"), _turn(draft(), "data.dataset", dataset, "draft"), choose_run(None)))


def choose_preset_on(name: str, data: DataConfig) -> None:
    """Make a preset's net that of the next run, on other data than its own, and show it untrained."""
    attempt(lambda: (refuse_locked(PRESET), _keep(Draft(name, replace(preset_named(name).config, data=data)))))
    choose_run(None)
    ask_for_rerun()


def forget_data(dataset: str) -> None:
    """A data set was deleted: the next run takes the list that ships instead."""
    if draft().config.data.dataset == dataset:
        change("data.dataset", SHIPPED)


def differs_from_preset() -> bool:
    """Whether a knob was turned since the preset was chosen."""
    now = draft()
    return now.config != preset_draft(now.preset).config


def stands_at_the_beginning(preset: str) -> bool:
    """Whether nobody has trained in this lab yet, and this tab would train this preset as it is."""
    return not newest_runs() and draft().preset == preset and not differs_from_preset()


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


def current_run() -> str | None:
    """The run that all panels show; None before the first."""
    return st.session_state["run"]


def newest_runs() -> list[RunRow]:
    """What pickers offer: the newest runs besides trials of sweeps, and the one that is shown, whichever it is."""
    shown = current_run()
    rows = run_manager().runs()
    newest = list(islice((row for row in rows if not row.sweep and row.id != shown), MOST_OFFERED))
    return sorted(newest + [row for row in rows if row.id == shown], key=lambda row: -row.created)


def choose_run(id: str | None) -> None:
    """Show another run, or the untrained net of the draft, as it is now."""
    st.session_state["run"] = id
    look_back(None)


def step() -> int | None:
    """The step of the chosen run that all panels look back to; None is the present."""
    return st.session_state.get("looked_at")


def look_back(step: int | None) -> None:
    """Show the run as it was after a step; None returns to the present."""
    st.session_state["looked_at"] = step


def said(component: str, what: str) -> Any:
    """What a component of the page has just said, in its callback; None if it said something else."""
    return getattr(st.session_state[component], what)


def scrubbed() -> None:
    """The callback of the scrubber, which says -1 for the present."""
    step = said(SCRUBBER, "step")
    if step is not None:
        look_back(int(step) if step >= 0 else None)
        publish()


def view(views: Iterable[str], page: str = INSIDE) -> str:
    """Which of the views of a page is open: the first, until another was chosen."""
    return selected(page, list(views))


def choose_view(name: str, page: str = INSIDE) -> None:
    """Open another view of a page, and say so in the URL."""
    select(page, name)
    publish()


def loss_view() -> LossView:
    """How this tab draws the loss."""
    return LossView(**st.session_state.get("loss_chart", {}))


def set_loss_view(**changes: Any) -> None:
    """Draw the loss in another way."""
    st.session_state["loss_chart"] = st.session_state.get("loss_chart", {}) | changes


def selected(name: str, options: Sequence[T]) -> T:
    """What was chosen under a name, if it is among these options; else the first of them."""
    chosen = st.session_state.get("selected", {}).get(name)
    return chosen if chosen in options else options[0]


def kept(name: str, otherwise: Any) -> Any:
    """What was chosen under a name, whatever it is."""
    return st.session_state.get("selected", {}).get(name, otherwise)


def choices() -> Mapping[str, Any]:
    """Everything that was chosen so far, by name."""
    return st.session_state.get("selected", {})


def typed(name: str) -> str:
    """What stands in a field of text that keeps its own words."""
    return st.session_state.get(name, "")


def select(name: str, option: object) -> None:
    """Choose something under a name; it survives a page change."""
    st.session_state.setdefault("selected", {})[name] = option


def layer_clicked() -> None:
    """The callback of the strip of layers: show this layer by itself."""
    name = said(STRIP, "layer")
    if name is not None:
        select(LAYER, name)
        choose_view(LAYER)


def prefix(dataset: Dataset) -> str:
    """How the name begins that is being typed; before that, how the first of the data's does."""
    return kept("prefix", dataset.words[0][:FIRST_LETTERS])


def type_prefix(text: str) -> None:
    """Begin with something else, and look at what comes after it."""
    select("prefix", text)
    select(HERO, None)


def place(length: int) -> int:
    """Before which of so many characters one looks: after the last, until another was chosen."""
    chosen = kept(HERO, None)
    return length if chosen is None or chosen > length else chosen


def letter_chosen() -> None:
    """The callback of the word being typed: look at the step before this character."""
    chosen = said(HERO, "place")
    if chosen is not None:
        select(HERO, int(chosen))


def line_chosen() -> None:
    """The callback of the graph of lines: walk to this one."""
    line = said(GRAPH, "line")
    if line is not None:
        select(GRAPH, int(line))


def pointed_at(chart: str, event: str, act: Callable[[Any], None] | None) -> None:
    """The callback of a chart: act on the point that was clicked or hovered."""
    point = said(chart, event)
    if point is not None and act:
        act(point)


def compare_runs(runs: Iterable[str]) -> None:
    """Choose the runs that are compared, by id, and say so in the URL."""
    select(RUNS, tuple(dict.fromkeys(runs)))
    publish()


def edits(run: str) -> tuple[Edit, ...]:
    """What this tab has changed in its copies of a run's net."""
    return st.session_state.get("edits", {}).get(run, ())


def edit(run: str, edits: tuple[Edit, ...]) -> None:
    """Change other things in the copies of this run's net; what was changed in another run's is taken back."""
    st.session_state["edits"] = {run: edits}


def pace() -> str:
    """How fast the chosen run trains, by name; where it does not train here, how fast this tab's next one would.

    The first run of a lab begins gently: at full speed it is done before a newcomer has read the names of step 0.
    """
    run = current_run()
    now = run_manager().pace(run) if run else None
    return next((name for name in PACES if PACES[name] == now), "") or st.session_state.get("pace") or _first_pace()


def _first_pace() -> str:
    return TURBO if newest_runs() else GENTLE


def set_pace(name: str) -> None:
    """Train slower or faster from now on: the chosen run, whoever looks at it, and those that this tab starts."""
    st.session_state["pace"] = name
    run = current_run()
    if run:
        attempt(lambda: desk().set_pace(run, PACES[name]))


def actor() -> Actor:
    """Who sits before this tab's browser; nobody before it has told, or where people are not told apart."""
    person: dict[str, str] = st.session_state.get("person", {})
    key = person.get("key", "")
    return Actor(key, person.get("name", ""), teacher().sits_before(key))


def desk() -> RunDesk:
    """All that this person may do with runs."""
    return run_desk(actor())


def sweeps_desk() -> SweepDesk:
    """All that this person may do with sweeps."""
    return sweep_desk(actor())


def met() -> None:
    """The callback of the component that knows the browser's key, the name last said there, and a teacher's link."""
    told: dict[str, object] = said(BROWSER, "told") or {}
    secret, name, key = (str(told.get(word, ""))[:LONGEST_WORD] for word in ("secret", "name", "teacher"))
    if len(secret) >= SHORTEST_SECRET:
        st.session_state["person"] = {"key": key_of(secret), "name": ""}
        attempt(lambda: say_name(name) if name else None)
        attempt(lambda: enter_teachers_key(key) if key else None)


def say_name(name: str) -> None:
    """Who this is; InputError for what is no name."""
    st.session_state["person"] = {"key": actor().key, "name": clean_name(name)}


def enter_teachers_key(key: str) -> None:
    """Make this browser the teacher's; InputError for a wrong key."""
    teacher().enter(key, actor().key)


def where() -> str:
    """Where the runs train that this tab starts, by name; empty is a thread of the server."""
    return st.session_state.get("place", "")


def choose_place(name: str) -> None:
    """Let those that this tab starts from now on train elsewhere."""
    st.session_state["place"] = name


def start_run(config: RunConfig, preset: str = "", paused: bool = False) -> None:
    """Begin a run at this tab's place and speed, and show it; InputError for what cannot be trained."""
    st.session_state["pace"] = pace()
    run = desk().start(config, preset=preset, paused=paused, pace=PACES[pace()], where=where())
    choose_run(run.id)


def progress() -> Progress | None:
    """Where the chosen run stands now; None before the first run, and after somebody deleted it."""
    run = current_run()
    if run is None:
        return None
    try:
        return run_manager().row(run).progress
    except InputError:
        choose_run(None)
        notify(f"The run {_title_once(run)!r} was deleted.")
        return None


def _title_once(run: str) -> str:
    """What a run was called that is deleted."""
    return next((row.title for row in run_manager().store.runs(deleted=True) if row.id == run), run)


def snapshot() -> Snapshot:
    """What the chosen run shows, now or then; before the first run, the net that the draft would train, untrained."""
    run = current_run()
    found = run_manager().snapshot(run) if run else None
    if found and found.observations:
        return replace(found, at=step())
    untrained = untrained_snapshot(config())
    return replace(found, observations=untrained.observations) if found else untrained


def config() -> RunConfig:
    """The settings of what is shown: those that the chosen run has now, else the draft's."""
    run = current_run()
    return run_manager().config(run) if run else draft().config


def dataset() -> Dataset:
    """The data set of what is shown."""
    run = current_run()
    return run_manager().dataset(run) if run else draft().config.data.load()


def trained_model() -> TrainedModel:
    """The model of what is shown."""
    run = current_run()
    if run is None:
        return untrained_model(draft().config)
    return run_manager().trained_model(run, None if step() is None else snapshot().step)


def weight_steps(run: str | None = None) -> list[int]:
    """The steps of a run whose weights were kept: the chosen one, if no other is named."""
    run = run or current_run()
    if run is None:
        return []
    snapshot = run_manager().snapshot(run)
    fresh = [o.step for o in snapshot.observations if o.state] if snapshot else []
    return sorted({*fresh, *run_manager().store.snapshot_steps(run)})


def trained_model_at(step: int) -> TrainedModel:
    """The chosen run's model after a step whose weights were kept."""
    return run_manager().trained_model(current_run() or "", step)


def attempt(action: Callable[[], object]) -> None:
    """Do it, or keep the sentence that says why not for the next notices."""
    try:
        action()
    except InputError as error:
        notify(str(error))


def notify(*sentences: str) -> None:
    """Sentences for the next notices."""
    st.session_state.setdefault("notices", []).extend(sentences)


def take_notices() -> list[str]:
    """The sentences that actions left behind; once more while nobody can have read them.

    A page may be drawn twice in a row, because a part of it has arrived in the browser.
    """
    now = time.monotonic()
    before: list[tuple[str, float]] = st.session_state.get("shown_notices", [])
    new = [(sentence, now) for sentence in st.session_state.pop("notices", [])]
    shown = [
        (sentence, since) for sentence, since in before if now - since < READ_WITHIN and (sentence, now) not in new
    ]
    st.session_state["shown_notices"] = shown = [*shown, *new]
    return [sentence for sentence, _ in shown]


def ask_for_rerun() -> None:
    """A callback inside a fragment changed what the rest of the page shows."""
    st.session_state["rerun"] = True


def wait_for(task: Awaited) -> None:
    """Refresh the page until this task has ended."""
    others = [t for t in st.session_state.get("awaited", ()) if t != task and t.is_running]
    st.session_state["awaited"] = [*others, task]


def waits() -> bool:
    """Whether a task runs that a page waits for."""
    return any(task.is_running for task in st.session_state.get("awaited", ()))


def take_rerun() -> bool:
    """Whether ask_for_rerun() was called, once; also while there are notices, which the top of the page shows."""
    return bool(st.session_state.pop("rerun", False) or st.session_state.get("notices"))


def widget_key(name: str, value: object) -> str:
    """The key under which a widget shows this value; a new one where the widget itself was not turned to it.

    With each refresh a browser repeats what its widgets show. Over a slow connection that is not yet what we have set
    since, and under the same key it would pass for a choice of the user's: the run that was shown before, for example.
    """
    shown: dict[str, Shown] = st.session_state.setdefault("widgets", {})
    generation, before = shown.get(name, Shown(0, value))
    if st.session_state.get(f"{name}-{generation}", before) != value:
        generation += 1
    shown[name] = Shown(generation, value)
    return f"{name}-{generation}"


def turned_to(name: str, otherwise: T) -> T:
    """What a widget was turned to by now, for a button that is pressed before the page has been drawn with it."""
    generation, _ = st.session_state.get("widgets", {}).get(name, Shown(0, None))
    return st.session_state.get(f"{name}-{generation}", otherwise)


def turned(key: str, act: Callable[[Any], None]) -> None:
    """The callback of such a widget: act(value), unless the widget is out of date, or repeats what it was shown.

    Streamlit takes it for a change when a browser repeats the value of a widget that has left the page, also of one
    whose value it has forgotten meanwhile.
    """
    name, _, generation = key.rpartition("-")
    newest, shown = st.session_state["widgets"][name]
    value = st.session_state.get(key, shown)  # on a page that was left in the same moment there is none
    if int(generation) == newest and value != shown:
        act(value)
