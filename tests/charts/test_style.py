"""Colours that carry a meaning can be told from the page in both themes (WCAG 2.2, criterion 1.4.11)."""

import re
import tomllib
from pathlib import Path

import pytest

from makemore_core.charts.style import ACCENT, DEEP, PLAIN, TRAIN, VAL, YARDSTICK, layer_color

THEME = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text())["theme"]
LEAST_CONTRAST = 3.0  # for graphical objects, by the criterion
LAYERS = [layer_color(i, n) for n in (1, 2, 6) for i in range(n)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("color", [*LAYERS, TRAIN, VAL, YARDSTICK, ACCENT, PLAIN])
def test_a_line_stands_out_from_the_page(color: str, theme: str):
    assert contrast(color, THEME[theme]["backgroundColor"]) >= LEAST_CONTRAST


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
    rgb = bytes.fromhex(color[1:]) if color.startswith("#") else bytes(int(n) for n in re.findall(r"\d+", color))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
