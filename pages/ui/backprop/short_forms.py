"""The short forms of cross-entropy and BatchNorm, derived step by step beside the long ones."""

import streamlit as st

from makemore_core.backprop.short_forms import Compared, stages_with_short_form
from makemore_core.training.recorder import Snapshot
from pages.ui.backprop.answers import Seen, choose_batch, derived, raced, with_lines
from pages.ui.inside.choices import choose_from, choose_one_of_few
from pages.ui.literal import literal

FEW = 4


def draw(snapshot: Snapshot) -> None:
    """One derivation, each step with its reason and, where the long form has the same value, with the difference."""
    with_lines(snapshot, _show)


def _show(seen: Seen) -> None:
    choose_batch(seen)
    titles = [stage.title for stage in stages_with_short_form(seen.walk)]
    choose = choose_one_of_few if len(titles) <= FEW else choose_from
    title = choose("backprop_short", "Short form of", titles)
    if len(titles) == 1:
        st.caption("This net has no BatchNorm; lecture 4's has, and its short form is the better half of the story.")
    left, right = st.columns([3, 2], gap="large")
    steps = derived(seen, title)
    with left:
        for number, step in enumerate(steps, start=1):
            _step(number, step)
    with right:
        _beside(seen, title, steps[-1])


def _step(number: int, step: Compared) -> None:
    """A formula, why it holds, and how far it is from the long form."""
    st.latex(step.step.formula)
    words = f"**{number}.** {literal(step.step.words)}"
    if step.line:
        words += f" Here `{step.line.name}` differs from the long form's by at most **{step.max_diff:.1e}**."
    st.markdown(words)


def _beside(seen: Seen, title: str, last: Compared) -> None:
    """The lines that the last step stands for, its own code, and what it saves."""
    stage = next(stage for stage in stages_with_short_form(seen.walk) if stage.title == title)
    lines = [line for line in stage.backward if line.at not in stage.parameters]
    st.markdown(f"**The long form**, {len(lines)} lines")
    st.code("\n".join(f"{line.name} = {line.code}" for line in lines), language="python", wrap_lines=True)
    if last.line is None:
        return
    took = raced(seen, title)
    st.markdown("**The short form**, one line")
    st.code(f"{last.line.name} = {last.line.code}", language="python", wrap_lines=True)
    st.markdown(
        f"Largest difference on this batch **{last.max_diff:.1e}**, of gradients up to {last.largest:.1e}. "
        f"One way back takes {1e6 * took.short:.0f} µs instead of {1e6 * took.long:.0f}: "
        f"**{took.long / took.short:.1f}** times as fast, measured here in turns."
    )
