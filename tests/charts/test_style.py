"""Colours that carry a meaning can be told from the page in both themes, and from each other by any eye."""

import re
import tomllib
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from makemore_core.charts.lockstep import COLOURS
from makemore_core.charts.style import (
    ACCENT,
    DEEP,
    GOOD,
    PLAIN,
    SICK,
    TRAIN,
    VAL,
    WATCH,
    YARDSTICK,
    layer_color,
    plain,
)
from makemore_core.comparison.looks import COLORS

THEME = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text())["theme"]
LEAST_CONTRAST = 3.0  # for graphical objects, by WCAG 2.2, criterion 1.4.11
LEAST_OF_TEXT = 4.5  # by criterion 1.4.3
# How the world looks without one kind of cones, in linear RGB (Machado, Oliveira & Fernandes 2009, severity 1).
EYES = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
# From linear RGB to the cones, and from their cube roots to Oklab (Ottosson 2020).
TO_CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_OKLAB = [
    [0.2104542553, 0.793617785, -0.0040720468],
    [1.9779984951, -2.428592205, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.808675766],
]
LAYERS = [layer_color(i, n) for n in (1, 2, 6) for i in range(n)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("color", [*LAYERS, *COLORS, TRAIN, VAL, YARDSTICK, ACCENT, PLAIN, GOOD, WATCH, SICK])
def test_a_line_stands_out_from_the_page(color: str, theme: str):
    assert contrast(color, THEME[theme]["backgroundColor"]) >= LEAST_CONTRAST


@pytest.mark.parametrize("eye", EYES)
def test_any_eye_tells_the_colours_of_runs_apart(eye: str):
    """2 of 100 is what an eye just sees between two areas side by side; thin lines apart need several times that."""
    assert nearest(COLORS, eye) >= 7.9
    assert nearest(COLOURS, eye) >= 7.9


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("pair", [(TRAIN, VAL), (ACCENT, PLAIN)], ids=["train and val", "above and below zero"])
def test_any_eye_tells_the_two_that_stand_everywhere_apart_at_once(pair: tuple[str, str], eye: str):
    assert nearest(pair, eye) >= 20


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", ["textColor", "linkColor", "codeTextColor"])
def test_words_stand_out_from_the_page(colour: str, theme: str):
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(THEME[theme][colour], THEME[theme][ground]) >= LEAST_OF_TEXT


def test_signs_differ_by_lightness_too_at_both_ends_of_their_scale():
    """Blue and orange keep apart for every eye; between the ends the scale grows from the page's own colour."""
    for theme in ("light", "dark"):
        scale = THEME[theme]["chartDivergingColors"]
        assert all(nearest((scale[0], scale[-1]), eye) >= 15 for eye in EYES)


def test_a_title_in_words_has_no_markup():
    assert plain("Loss: <span style='x'>train</span><br>of &lt;b&gt;") == "Loss: train of <b>"


def test_the_last_layer_has_the_deep_colour():
    assert layer_color(4, 5) == "rgb({}, {}, {})".format(*DEEP)


def test_contrast_is_that_of_the_guideline():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)  # the largest there is
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the guideline's well-known near miss


def contrast(color: str, other: str) -> float:
    """WCAG's contrast ratio, from 1 to 21."""
    low, high = sorted(luminance(c) for c in (color, other))
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    """WCAG's relative luminance."""
    return float(np.array([0.2126, 0.7152, 0.0722]) @ linear(color))


def linear(color: str) -> NDArray[np.float64]:
    """sRGB's inverse transfer curve: amounts of light from 0 to 1."""
    rgb = bytes.fromhex(color[1:]) if color.startswith("#") else bytes(int(n) for n in re.findall(r"\d+", color))
    return np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)])


def nearest(colors: Sequence[str], eye: str) -> float:
    """The smallest distance of any two of them in Oklab, in hundredths."""
    seen = [np.clip(np.array(EYES[eye]) @ linear(color), 0, 1) for color in colors]
    places = [np.array(TO_OKLAB) @ np.cbrt(np.array(TO_CONES) @ light) for light in seen]
    return 100 * min(float(np.linalg.norm(a - b)) for a, b in combinations(places, 2))
