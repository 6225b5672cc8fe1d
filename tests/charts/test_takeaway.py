"""What charts say in words: each has its numbers in it, and no figure comes into being without."""

import inspect
import math
import re
from pathlib import Path

import numpy as np

from makemore_core import charts
from makemore_core.charts.style import empty, figure, takeaway_of
from makemore_core.charts.takeaway import NOTHING, course, courses, extremes, leaders, sentence

SOURCES = Path(charts.__path__[0]).glob("*.py")


def test_a_course_goes_from_the_first_number_to_the_last():
    assert course("train", [3.3, 9.0, 2.1], ".2f") == "train fell from 3.30 to 2.10"
    assert course("val", [math.nan, 1.0, 2.0, math.inf]) == "val rose from 1 to 2"
    assert course("val", [2.0, 2.0]) == "val is 2"
    assert course("val", []) == "val has no number yet"


def test_of_many_curves_the_first_two_and_the_last_two_are_said():
    said = courses((name, [1.0, 2.0]) for name in "abcdefg")
    assert re.findall(r"(\w) rose", said) == ["a", "b", "f", "g"]


def test_the_largest_bars_come_first():
    assert leaders("abcd", [0.1, 0.5, 0.15, 0.25]) == "Largest of 4: b 50.0%, d 25.0%, c 15.0%."
    assert leaders("ab", [1, 2], ".0f") == "b 2, a 1."
    assert leaders([], []) == NOTHING


def test_a_table_says_where_it_is_lowest_and_where_highest():
    table = np.array([[0.0, 1.5, np.nan], [-2.0, 0.0, 0.5]])
    assert extremes(table, ["x", "y"], ["a", "b", "c"]) == "2 by 3 numbers, from -2 (y, a) to 1.5 (x, b)."
    assert extremes(np.full((1, 2), np.nan)) == NOTHING


def test_a_figure_says_its_title_and_what_one_sees_without_markup():
    drawn = figure([], "Loss: <span style='color:red'>train</span>", sentence(["&lt;b&gt; is 3"]))
    assert takeaway_of(drawn) == "Loss: train. <b> is 3."
    assert takeaway_of(empty("Map", "Not yet.")) == "Map. Not yet."


def test_no_figure_is_made_past_the_one_place_that_asks_for_words():
    elsewhere = [path.name for path in SOURCES if "go.Figure(" in path.read_text(encoding="utf-8")]
    assert elsewhere == ["style.py"]
    assert inspect.signature(figure).parameters["takeaway"].default is inspect.Parameter.empty
