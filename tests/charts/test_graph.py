"""The drawing of a graph: every number that a page shows stands in it, at every step."""

import json

import numpy as np
import pytest

from makemore_core.charts.graph import MOST_CELLS, drawing, reduced
from makemore_core.expressions.examples import EXAMPLES
from makemore_core.expressions.playing import play
from makemore_core.expressions.programs import read
from makemore_core.minitorch import Tensor, walk
from makemore_core.minitorch.labels import labels
from makemore_core.minitorch.walkthrough import walkthrough


def drawn(name: str) -> dict:
    example = EXAMPLES[name]
    played = play(read(example.text), example.values)
    return drawing(played.nodes, played.labels, played.steps)


@pytest.mark.parametrize("name", EXAMPLES)
def test_boxes_and_lines_lie_in_the_picture_and_lines_go_right(name: str) -> None:
    picture = drawn(name)
    json.dumps(picture, allow_nan=False)
    for node in picture["nodes"]:
        assert node["y"] >= 0
        assert node["y"] + node["tall"] <= picture["height"] + 1
        assert 0 < node["x"] < picture["width"]
    for edge in picture["edges"]:
        across = [x for x, _ in edge["points"]]
        assert across == sorted(across)
        assert len(set(across)) == len(across)


def test_the_gradient_of_x1_arrives_in_the_last_step() -> None:
    picture = drawn("micrograd's neuron")
    x1 = next(i for i, node in enumerate(picture["nodes"]) if node["name"] == "x1")
    assert [str(x1) in step["grads"] for step in picture["steps"]].count(True) == 1
    assert picture["steps"][-1]["grads"][str(x1)] == {"text": "−1.5", "tint": -1.0}
    assert dict(picture["steps"][-1]["flows"])[x1] < 0


def test_a_table_is_a_small_picture_on_its_own_range() -> None:
    picture = drawn("softmax and cross-entropy")
    logits = next(node for node in picture["nodes"] if node["name"] == "logits")
    assert logits["data"]["cells"] == [[50, 100, 25, -50], [0, -25, 75, 15]]
    assert logits["shape"] == "2×4"


def test_what_is_no_number_is_drawn_without_harm() -> None:
    x = Tensor(np.array([np.nan, 2.0, -np.inf]))
    out = x.sum()
    out.backward()
    picture = drawing(walk(out), labels(out, {}), walkthrough(out))
    json.dumps(picture, allow_nan=False)
    assert picture["nodes"][0]["data"]["cells"] == [[0, 100, -100]]
    assert picture["nodes"][1]["data"] == {"text": "nan", "tint": 0}


def test_a_large_table_is_reduced_by_means() -> None:
    table = np.arange(27.0 * 200).reshape(27, 200)
    small = reduced(table)
    assert small.shape == MOST_CELLS
    assert small[0, 0] == pytest.approx(table[:4, :17].mean())
