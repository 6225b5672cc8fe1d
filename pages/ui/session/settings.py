"""The settings of the next run, and those that the Init lab plays with: the single truth that widgets show."""

from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import orjson
import streamlit as st

from makemore_core.catalogue import SHIPPED
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.knobs import Value
from makemore_core.presets import preset_named
from makemore_core.sharing import preset_on_data_here
from pages.ui.limits import PRESET, Limits
from pages.ui.session.chosen import choose_run
from pages.ui.session.notices import ask_for_rerun, attempt, notify

FIRST_PRESET, FIRST_IN_LAB = "lecture3-kaiming", "lecture3-original"


@dataclass(frozen=True)
class Draft:
    """The settings of the next run, and the preset that they started from."""

    preset: str
    config: RunConfig


def limits() -> Limits:
    """What a teacher's link has taken away in this tab."""
    return Limits(**st.session_state.get("limits", {}))


def set_limits(found: Limits) -> None:
    """Keep what a link takes away, as plain values."""
    st.session_state["limits"] = asdict(found)


def preset_draft(name: str) -> Draft:
    """A preset's settings, on data that is here."""
    return Draft(name, preset_on_data_here(name))


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


def keep_draft(new: Draft, name: str = "draft") -> None:
    """Of the next run's settings those that are locked stay as they are."""
    if name == "draft" and name in st.session_state:
        new = replace(new, config=limits().held(new.config, draft().config))
    st.session_state[name] = {"preset": new.preset, "config": new.config.to_dict()}


def choose_preset(name: str) -> None:
    """Begin again from a preset; what was turned before is gone."""
    attempt(lambda: (refuse_locked(PRESET), keep_draft(preset_draft(name))))


def change(path: str, value: Value) -> None:
    """Turn one knob of the draft; a value that cannot be leaves it as it is, with a notice."""
    attempt(lambda: (refuse_locked(path), _turn(draft(), path, value, "draft")))


def refuse_locked(*paths: str) -> None:
    """An InputError where a teacher's link has locked one of these settings, of the next run or of one that trains."""
    limits().refuse(*paths)


def _turn(now: Draft, path: str, value: Value, name: str) -> None:
    keep_draft(Draft(now.preset, now.config.with_values({path: value})), name)


def lab() -> Draft:
    """The settings that the Init lab plays with; the next run's stay as they are."""
    if "lab" not in st.session_state:
        start_lab(preset_draft(FIRST_IN_LAB))
    return _kept("lab")


def start_lab(new: Draft) -> None:
    """Let the Init lab begin from other settings, and count as the lecture does there."""
    keep_draft(new, "lab")
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
    keep_draft(Draft(preset or now.preset, new))
    choose_run(None)
    ask_for_rerun()


def _take(new: Draft) -> None:
    """What a teacher's link has locked stays as it is, and is named."""
    if new.preset != draft().preset:
        refuse_locked(PRESET)
    keep_draft(new)
    if left := new.config.differences(draft().config):
        notify(f"Set by your teacher, so left as it was: {', '.join(left)}.")


def train_on(dataset: str) -> None:
    """Make a data set that of the next run, and show the net that would learn it."""
    attempt(lambda: (refuse_locked("data.dataset"), _turn(draft(), "data.dataset", dataset, "draft"), choose_run(None)))


def choose_preset_on(name: str, data: DataConfig) -> None:
    """Make a preset's net that of the next run, on other data than its own, and show it untrained."""
    attempt(lambda: (refuse_locked(PRESET), keep_draft(Draft(name, replace(preset_named(name).config, data=data)))))
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
