"""Three forms: one network as raw tensors, as own layers and as an nn.Module; and a fourth time on minitorch."""

from pages.ui.opening import open_page

open_page("Three forms", "One network, written down three times. If the numbers are the same, so is the network.")

from dataclasses import replace

import streamlit as st

from makemore_core.config import RunConfig
from makemore_core.knobs import Value
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.three_forms import ModuleMLPConfig, TensorsMLPConfig
from makemore_core.presets import PRESETS
from makemore_core.training.recorder import Snapshot
from makemore_core.training.walks import Writing
from makemore_core.training.written import LAYERS, MINITORCH, MODULE, RAW, TORCH, Part, parts
from pages.ui import session
from pages.ui.forms import knob_widget
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.live import live
from pages.ui.lockstep import AS_MANY_AS_FIT, Asked, choose_steps, lockstep

PRESET = "seed000-layers"
SIZES = ("n_hidden", "n_embd", "block_size")
FORMS = ("mlp", "mlp-tensors", "mlp-module")
THREE, FOUR = "three", "and minitorch"
STEPS = (1_000, 5_000, AS_MANY_AS_FIT)


def draw(snapshot: Snapshot) -> None:
    """The sizes, one curve for all forms, and their code part by part."""
    config = _config()
    with st.container(key="forms_controls", horizontal=True, vertical_alignment="bottom", gap="medium"):
        for name in SIZES:
            with st.container(width=220):
                knob_widget(f"model.{name}", config, _turn, of="three_forms.")
        steps = choose_steps("three_forms", STEPS)
    lockstep(snapshot, Asked("three_forms", _writings(config), steps))
    _code()


def _config() -> RunConfig:
    """Seed 000's run on the data that are shown, in the sizes that were turned here, else in those of the shown MLP."""
    now, preset = session.config(), PRESETS[PRESET].config
    like = now.model if now.model.name in FORMS else preset.model
    sizes = {name: session.kept(f"three_forms.model.{name}", getattr(like, name)) for name in SIZES}
    return replace(preset, data=now.data, model=MLPConfig(**sizes))


def _turn(path: str, value: Value) -> None:
    session.select(f"three_forms.{path}", value)


def _writings(config: RunConfig) -> tuple[Writing, ...]:
    """The three forms by autograd, the raw tensors first; and the layers' counterparts on minitorch."""
    sizes = {name: getattr(config.model, name) for name in SIZES}
    forms = {RAW: TensorsMLPConfig, LAYERS: MLPConfig, MODULE: ModuleMLPConfig}
    torch = [Writing(name, replace(config, model=form(**sizes))) for name, form in forms.items()]
    return (*torch, Writing(MINITORCH, replace(config, engine="minitorch")))


def _code() -> None:
    """What corresponds stands side by side; a phone shows one form at a time."""
    st.markdown("**The same part, in each form**")
    shown = (*TORCH, MINITORCH) if choose_one_of_few("forms_shown", "Forms", (THREE, FOUR)) == FOUR else TORCH
    with st.container(key="forms_tabs"):
        open_one = choose_one_of_few("forms_tab", "Show", shown)
    with st.container(key="forms_code"):
        for part in parts():
            st.markdown(f"**{part.name}** :gray[{part.about}]")
            _row(part, shown, open_one)


def _row(part: Part, shown: tuple[str, ...], open_one: str) -> None:
    """A column for each form; what torch's forms share is written once over all of them."""
    columns = [forms for forms in part.code if set(forms) & set(shown)]
    for column, forms in zip(st.columns([len(forms) for forms in columns]), columns, strict=True):
        state = "open" if open_one in forms else "shut"
        with column, st.container(key=f"form_{state}_{part.name}_{len(forms)}_{shown.index(forms[0])}", gap="xxsmall"):
            st.markdown(", ".join(forms))
            st.code(part.code[forms], language="python", wrap_lines=True)


live(draw)
