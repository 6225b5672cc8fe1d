"""The line in which an answer is typed, and what may be used in it: a click puts a name in at the cursor."""

from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

from makemore_core.backprop.lecture_4 import FORWARD, PARAMETERS
from makemore_core.exercise.problems import Problem
from makemore_core.exercise.worlds import World
from makemore_core.expressions.shapes import said
from pages.ui.backprop import exercise_state as state

# what is put in, and how far back from its end the cursor stands
FUNCTIONS = (
    *((f".{name}()", 1) for name in ("sum", "mean", "exp", "log", "tanh", "view")),
    *((".sum(0)", 0), (".sum(1, keepdim=True)", 0), (".T", 0), (" @ ", 0), ("**", 0), (".max(1).indices", 0)),
    *((f"{name}()", 1) for name in ("one_hot", "ones_like", "zeros_like", "where", "len")),
)

# isolate_styles: their looks stand in exercise.css, which the strip brings
_mount_field = component(
    "makemore_lab.answer_field",
    html="""<div class="answer-field">
<label><code></code><input type="text" autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
 maxlength="1000"></label><pre></pre></div>""",
    js=Path(__file__).with_name("answer_field.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
_mount_names = component(
    "makemore_lab.answer_names",
    html='<section class="answer-names" aria-label="What may be used"></section>',
    js=Path(__file__).with_name("answer_names.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def answer_field(problem: Problem, text: str, picture: str) -> None:
    """Draw the line with its text, and the caret of a mistake under it."""
    _mount_field(
        key=state.FIELD,
        data={"name": problem.name, "text": text, "picture": picture},
        on_answer_change=state.handed_in,
    )


def answer_names(problem: Problem, shown: World) -> None:
    """Draw all that may be used, with its shape: the gradients that were found last come first."""
    known = shown.known(problem)
    groups = {
        "gradients found": problem.found[::-1],
        "values": [line.name for line in reversed(FORWARD)],
        "parameters, batch, sizes": [*PARAMETERS, "x", "y", "n", "V"],
    }
    chips: list[dict[str, Any]] = [
        {"title": title, "chips": [_chip(name, known[name]) for name in names]} for title, names in groups.items()
    ]
    chips.append({"title": "functions", "chips": [{"text": text, "note": "", "back": n} for text, n in FUNCTIONS]})
    _mount_names(key="answer_names", data={"groups": chips})


def _chip(name: str, value: Any) -> dict[str, Any]:
    note = f"{value:g}" if isinstance(value, float) else said(value.shape)
    return {"text": name, "note": note, "back": 0}
