"""What lint finds in a data set, the mends for it, and what they would change before anything is kept."""

import html
from functools import partial
from pathlib import PurePath

import streamlit as st

from makemore_core.catalogue import CATALOGUE
from makemore_core.config import RunConfig
from makemore_core.data.own import free_name, keep
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics.reading import Verdict
from makemore_core.lint.checks import Example, Finding
from makemore_core.lint.mends import MENDS, Mended
from pages.ui import session
from pages.ui.datasets.answers import findings, mend
from pages.ui.datasets.keep_button import keep_button
from pages.ui.datasets.literally import literally
from pages.ui.literal import literal
from pages.ui.page import or_say_why_not
from pages.ui.panels import verdict_line

CHOSEN = "mends"


def faults(how: DataConfig) -> None:
    """One fault below the other, each with its mend; then what the chosen mends would do."""
    found = findings(how)
    if not found:
        st.markdown(":green[:material/check_circle:] Nothing to mend.")
    for finding in found:
        _fault(finding)
    chosen = _chosen(found)
    if chosen:
        or_say_why_not(partial(_preview, how, chosen))


def _chosen(found: tuple[Finding, ...]) -> tuple[str, ...]:
    wanted: tuple[str, ...] = session.kept(CHOSEN, ())
    return tuple(name for name in MENDS if name in wanted and name in {finding.mend for finding in found})


def _fault(finding: Finding) -> None:
    with st.container(key=f"fault-{finding.check}", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="top"):
            with st.container(width="stretch", gap="xxsmall"):
                verdict_line(Verdict(finding.level, f"{finding.what} {finding.why}"))
            for path, value in finding.turn:
                st.button(
                    f"Set {literal(_knob_name(path))} to {value}", key=f"turn-{finding.check}", icon=":material/tune:",
                    on_click=session.change, args=(path, value),
                )  # fmt: skip
            if finding.mend:
                _mend_button(finding)
        st.html(f"<section class='lines'>{''.join(map(_example, finding.examples))}</section>")


def _mend_button(finding: Finding) -> None:
    """Chosen or not; the same mend may help against two faults."""
    chosen = finding.mend in session.kept(CHOSEN, ())
    st.button(
        MENDS[finding.mend].title,
        key=f"mend-{finding.check}",
        icon=":material/check:" if chosen else ":material/healing:",
        type="primary" if chosen else "secondary",
        help=MENDS[finding.mend].about,
        on_click=_toggle,
        args=(finding.mend,),
    )


def _toggle(name: str) -> None:
    chosen: tuple[str, ...] = session.kept(CHOSEN, ())
    session.select(CHOSEN, tuple(c for c in chosen if c != name) if name in chosen else (*chosen, name))


def _knob_name(path: str) -> str:
    return RunConfig().knob_at(path).name


def _example(example: Example) -> str:
    line, note = f"<span>line {example.line:,}</span>", f"<i>{html.escape(example.note)}</i>"
    return f"<div>{line}<code>{literally(example.text)}</code>{note}</div>"


def _preview(how: DataConfig, chosen: tuple[str, ...]) -> None:
    """Before and after, a name, and the button that keeps it."""
    outcome = mend(how, chosen)
    st.markdown(f"**{' and '.join(MENDS[name].title.lower() for name in chosen).capitalize()}**: {_in_words(outcome)}")
    rows = (
        f"<div><span>line {number:,}</span><code>{literally(before)}</code>"
        f"<code>{'gone' if after is None else '→ ' + literally(after)}</code></div>"
        for number, before, after in outcome.examples
    )
    st.html(f"<section class='lines'>{''.join(rows)}</section>")
    wish = free_name(f"{PurePath(how.dataset).name}-mended", tuple(CATALOGUE))
    label = "Keep as a data set of your own"
    keep_button("mended_name", "Name of the new data set", wish, label, partial(_keep, how, chosen))


def _in_words(outcome: Mended) -> str:
    gone = outcome.before - outcome.after
    parts = [f"{outcome.before:,} lines become {outcome.after:,}"] if gone else [f"all {outcome.before:,} lines stay"]
    parts += [f"{outcome.changed:,} of them change"] * bool(outcome.changed)
    parts += ["in another order"] * outcome.moved
    return ", ".join(parts) + "."


def _keep(how: DataConfig, chosen: tuple[str, ...], name: str) -> None:
    kind = "text" if how.load().is_text else "words"
    own = keep(name, mend(how, chosen).text, kind, f"{how.dataset}, mended ({', '.join(chosen)})", tuple(CATALOGUE))
    session.select(CHOSEN, ())
    session.select("data_set", own.name)
