"""The word being typed, large: each letter over its bar of surprise. A letter that is chosen names the step below."""

from pathlib import Path

import numpy as np
from streamlit.components.v2 import component

from makemore_core.inspection.expectations import Expectations
from makemore_core.training.untrained import TrainedModel
from makemore_core.vocabulary import shown
from pages.ui import session
from pages.ui.next_character.answers import Question

HEIGHT = 176  # pixels

_mount = component(
    "makemore_lab.hero",
    html='<div class="hero"><div class="letters" role="radiogroup" aria-label="Step to look at"></div></div>',
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # it takes the page's fonts
)


def hero(trained: TrainedModel, question: Question, seen: Expectations) -> None:
    """Draw the word; a click or an arrow key chooses the step."""
    blind = float(np.log2(len(trained.dataset.vocabulary)))
    letters = [
        {"letter": shown(letter), "bits": round(min(bits, 99.0), 2), "expected": round(expected, 2)}
        for letter, bits, expected in zip(question.text, seen.bits.tolist(), seen.expected_bits.tolist(), strict=False)
    ]
    data = {
        "letters": letters,
        "next": round(float(seen.expected_bits[-1]), 2),
        "blind": round(blind, 3),
        "place": question.place,
        "sight": trained.model.block_size,
    }
    _mount(key=session.HERO, height=HEIGHT, data=data, on_place_change=session.letter_chosen)
