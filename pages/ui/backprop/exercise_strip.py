"""The 26 problems in a row: which are found, which were looked up, which one is open; a click goes there."""

from pathlib import Path

from streamlit.components.v2 import component

from makemore_core.exercise.problems import PROBLEMS
from makemore_core.exercise.progress import Progress
from pages.ui.backprop import exercise_state as state

_mount = component(
    "makemore_lab.exercise_strip",
    html='<div class="exercise-strip" role="group" aria-label="The 26 gradients"></div>',
    css=Path(__file__).with_name("exercise.css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # it takes the page's fonts
)


def exercise_strip(progress: Progress, chosen: int) -> None:
    """Draw the row; `chosen` is the problem below it."""
    tiles = [{"name": problem.name, "state": progress.state(problem.number)} for problem in PROBLEMS]
    _mount(
        key=state.STRIP,
        data={"tiles": tiles, "chosen": chosen},
        on_problem_change=state.clicked,
    )
