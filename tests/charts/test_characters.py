"""Pictures of the next character: every one of them holds the whole probability, whatever the alphabet."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.charts.characters import (
    ALPHABET,
    LIKELIEST,
    MOST_BARS,
    OTHERS,
    expectations_figure,
    next_character_figure,
    shown_places,
    two_models_figure,
)
from makemore_core.charts.occlusion import occlusion_figure, spoken_for_figure
from makemore_core.inspection.expectations import Expectations
from makemore_core.inspection.occlusion import Occlusion
from makemore_core.inspection.side_by_side import side_by_side
from makemore_core.vocabulary import Vocabulary

SIZES = st.sampled_from([2, 27, MOST_BARS, MOST_BARS + 1, 400, 3_000])


def spread(V: int, seed: int = 0) -> np.ndarray:
    """Some probabilities (V)."""
    return np.random.default_rng(seed).dirichlet(np.full(V, 0.3)).astype(np.float32)


def alphabet(V: int) -> tuple[str, ...]:
    return tuple(chr(0x4E00 + i) for i in range(V))


def traces(figure: go.Figure) -> dict[str, Any]:
    return {trace.name: trace for trace in drawn_in(figure)}


def drawn_in(figure: Any) -> list[Any]:
    return list(figure.data)


def ticks(figure: Any) -> list[str]:
    """What stands under the bars."""
    return list(figure.layout["xaxis"].ticktext)


@given(SIZES, st.integers(0, 5), st.sampled_from([ALPHABET, LIKELIEST]), st.booleans())
def test_the_bars_sum_to_1_for_any_alphabet(V: int, seed: int, by: str, something_came: bool) -> None:
    own, came = spread(V, seed), V - 1 if something_came else None
    drawn = np.where(own >= np.sort(own)[-min(V, 3)], own, 0) / np.sort(own)[-min(V, 3) :].sum()
    found = traces(next_character_figure("", alphabet(V), own, drawn, came, by))
    assert sum(found["own"].y) == pytest.approx(1, abs=1e-5)
    assert sum(found["drawn"].y) == pytest.approx(1, abs=1e-5)
    assert len(found["own"].y) == min(V, MOST_BARS)


@given(st.integers(MOST_BARS + 1, 3_000), st.integers(0, 5))
def test_of_a_large_alphabet_the_likeliest_stand_and_the_one_that_came(V: int, seed: int) -> None:
    p = spread(V, seed)
    came = int(p.argmin())
    places = shown_places(p, MOST_BARS, came)
    assert places == sorted(places)
    assert came in places
    assert set(np.argsort(-p, kind="stable")[: MOST_BARS - 2].tolist()) <= set(places)


def test_by_probability_the_bars_fall() -> None:
    p = spread(27)
    found = traces(next_character_figure("", alphabet(27), p, p, None, LIKELIEST))
    assert list(found["own"].y) == sorted(p, reverse=True)


def test_what_is_cut_keeps_its_ghost_and_is_struck_out() -> None:
    own, drawn = np.array([0.5, 0.3, 0.2], "f"), np.array([0.625, 0.375, 0], "f")
    figure = next_character_figure("", (".", "a", "<"), own, drawn)
    assert ticks(figure) == [".", "a", "<s>&lt;</s>"]
    assert traces(figure)["own"].y[2] == pytest.approx(0.2)
    assert "cut" in traces(figure)["drawn"].customdata[2]


@pytest.mark.parametrize("V", [27, 500])
def test_every_step_holds_the_whole_probability_with_a_ring_on_what_came(V: int) -> None:
    own = np.stack([spread(V, seed) for seed in range(4)])
    tokens = tuple(int(row.argmax()) for row in own[:-1])
    heat, rings = drawn_in(expectations_figure("", alphabet(V), Expectations(tokens, own, own), 1))
    assert heat.z.sum(1) == pytest.approx(1, abs=1e-5)
    assert list(rings.y) == [0, 1, 2]
    for x, y, token in zip(rings.x, rings.y, tokens, strict=True):
        assert heat.z[y][x] == own[y, token]


@given(SIZES, SIZES)
def test_two_models_have_their_whole_probability_each(V: int, W: int) -> None:
    first, second = Vocabulary("".join(alphabet(V - 1))), Vocabulary("".join(alphabet(W - 1)))
    both = side_by_side(first, spread(V), second, spread(W))
    for bars in drawn_in(two_models_figure("", both, ("a", "b"))):
        assert sum(bars.y) == pytest.approx(1, abs=1e-5)


def test_marks_and_invisible_characters_can_be_read() -> None:
    labels = (".", "\N{DEVANAGARI VOWEL SIGN II}", "\N{ZERO WIDTH JOINER}", " ", OTHERS)
    figure = next_character_figure("", labels, spread(5), spread(5))
    assert ticks(figure)[:4] == [".", "\N{DOTTED CIRCLE}\u0940", "200D", "\N{OPEN BOX}"]


def test_a_letter_that_speaks_for_it_is_orange_and_one_against_it_blue() -> None:
    (bars,) = drawn_in(spoken_for_figure("", "em", np.array([-1.0, 2.0])))
    assert bars.marker.color[0] != bars.marker.color[1]
    change = np.array([[-1.0, 0.5, 0.25], [2.0, -30.0, 0.0]])
    seen = Occlusion(spread(3).astype(np.float64), change, np.ones(2), 2)
    (heat,) = drawn_in(occlusion_figure("", "em", (".", "a", "b"), seen))
    assert heat.zmin == -heat.zmax  # zero is the neutral of the theme
    assert heat.z[0].tolist() == [-1, 0.5, 0.25]
    assert "-30.00 bits" in heat.customdata[1][1]  # the colour is full, the number is told
