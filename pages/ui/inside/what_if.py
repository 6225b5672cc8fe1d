"""What if: the loss of the net with this tab's edits, beside the net as it is, and each edit to take back."""

import streamlit as st

from makemore_core.inspection.edits import Edit, Silence
from makemore_core.inspection.weights import matrix
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.inside.answers import Judged, judged
from pages.ui.literal import literal
from pages.ui.panels import names_list

WORDS = ((0.0005, "hardly a difference"), (0.01, "a little"), (0.1, "clearly"), (float("inf"), "much"))  # nats


def what_if(snapshot: Snapshot, trained: TrainedModel) -> None:
    """The reaction in one line, then what was changed; in a container of their own: nothing below is drawn anew."""
    with st.container(key="what_if", gap="small"):
        _what_if(snapshot, trained)


def _what_if(snapshot: Snapshot, trained: TrainedModel) -> None:
    edits = session.edits(snapshot.run)
    sampling = session.config().sampling
    before = judged(snapshot, trained, (), sampling)
    after = judged(snapshot, trained, edits, sampling) if edits else None
    with st.container(key="reaction"):
        st.markdown(reaction(before, after))
    if not after:
        return
    with st.container(key="edits", horizontal=True, gap="small"):
        for edit in edits:
            others = tuple(other for other in edits if other != edit)
            st.button(
                literal(in_words(edit, trained)),
                key=f"take_back_{edit}",
                icon=":material/undo:",
                on_click=session.edit,
                args=(snapshot.run, others),
            )
        if len(edits) > 1:
            st.button("Take all back", key="take_all_back", on_click=session.edit, args=(snapshot.run, ()))
    left, right = st.columns(2)
    with left:
        st.caption("What it invents as it is")
        names_list(list(before.names), trained.dataset)
    with right:
        st.caption("The same dice, with the change")
        names_list(list(after.names), trained.dataset)


def reaction(before: Judged, after: Judged | None) -> str:
    """The loss before and after, the difference in nats and in words."""
    where = f"over {before.characters:,} characters of val"
    if after is None:
        return f"Loss **{before.loss:.4f}** nats {where}, as it is."
    change = after.loss - before.loss
    many = next(words for most, words in WORDS if abs(change) < most)
    word = many if many == WORDS[0][1] else f"{many} {'worse' if change > 0 else 'better'}"
    return f"Loss {before.loss:.4f} → **{after.loss:.4f}** nats {where}: **{change:+.4f}**, {word}."


def in_words(edit: Edit, trained: TrainedModel) -> str:
    """What was changed."""
    if isinstance(edit, Silence):
        return f"{edit.layer} {edit.neuron} says {edit.says}"
    table = matrix(trained.model, edit.parameter, trained.dataset.vocabulary)
    row, column = (0, *edit.index)[-2:]
    place = (
        f"{table.rows.label(row)}, {table.columns.label(column)}"
        if len(edit.index) > 1
        else table.columns.label(column)
    )
    return f"{edit.parameter} [{place}] = {edit.value:g}"


def add(run: str, edit: Edit) -> None:
    """One more change; another value for the same neuron or weight takes the place of the first."""
    others = (other for other in session.edits(run) if _what(other) != _what(edit))
    session.edit(run, (*others, edit))


def _what(edit: Edit) -> tuple[object, ...]:
    return (edit.layer, edit.neuron) if isinstance(edit, Silence) else (edit.parameter, edit.index)
