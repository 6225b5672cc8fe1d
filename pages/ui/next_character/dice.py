"""One roll of the dice, slowly: a number falls on the cumulative bar, the letter that it hits is appended, again."""

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

from makemore_core.sampling import Roll
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from makemore_core.vocabulary import shown
from pages.ui.forms import sampling_form
from pages.ui.next_character.answers import Question, thrown

HEIGHT = 318  # pixels
THINNEST = 0.0005  # of the bar; thinner slices side by side are drawn as one

_mount = component(
    "makemore_lab.dice",
    html=(
        '<div class="dice"><div class="word" aria-live="polite"></div><div class="fall"><i></i><span></span></div>'
        '<div class="whole"></div><div class="scale"></div><p></p><div class="controls"></div></div>'
    ),
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # it takes the page's fonts
)


def draw(snapshot: Snapshot, trained: TrainedModel, question: Question) -> None:
    """The dice beside what they can be told."""
    left, right = st.columns([3, 1])
    with right:
        sampling = sampling_form("Other dice")
    throws = thrown(snapshot, trained, question.before, sampling)
    itos = trained.dataset.vocabulary.itos
    noun = trained.dataset.noun
    with left:
        data = {
            "roll": [snapshot.run, question.text[: question.place], sampling.seed],
            "begin": [shown(letter) for letter in question.text[: question.place]],
            "rolls": [_roll(roll, itos) for roll in throws],
            "noun": noun,
        }
        _mount(key="dice_roll", height=HEIGHT, data=data)
        st.caption(
            f"Each character owns a stretch of the bar as long as its probability; the number picks one. Seed "
            f"{sampling.seed}: this is the first of the {noun}s under Next."
        )


def _roll(roll: Roll, itos: tuple[str, ...]) -> dict[str, Any]:
    """One throw with the slices of its bar."""
    ends = np.cumsum(roll.probabilities, dtype=np.float64)
    ends /= ends[-1]
    return {
        "number": roll.number,
        "letter": shown(itos[roll.token]),
        "ends": roll.token == 0,
        "slices": slices(ends, roll.token, itos),
    }


def slices(ends: np.ndarray, hit: int, itos: tuple[str, ...]) -> list[dict[str, Any]]:
    """The bar from left to right: each character's stretch, neighbours that are too thin to see in one."""
    found: list[dict[str, Any]] = []
    begin = 0.0
    for token, end in enumerate(ends.tolist()):
        width = end - begin
        thin = width < THINNEST and token != hit
        if thin and found and found[-1]["thin"]:
            found[-1]["to"] = end
        elif width > 0:
            letter = "" if thin else shown(itos[token])
            found.append({"letter": letter, "from": begin, "to": end, "thin": thin, "hit": token == hit})
        begin = end
    return found
