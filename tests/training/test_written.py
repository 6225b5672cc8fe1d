"""The shown lines are the lines that run: every part names its forms, and the code by hand is that of the layers."""

import ast

import pytest
from torch import Generator

from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.written import LAYERS, MINITORCH, MODULE, RAW, by_autograd, by_hand, loop, parts


@pytest.mark.parametrize("part", parts(), ids=lambda part: part.name)
def test_every_part_is_there_in_every_form(part) -> None:
    assert [form for forms in part.code for form in forms] == [RAW, LAYERS, MODULE, MINITORCH]
    for code in part.code.values():
        assert all(isinstance(node, ast.FunctionDef) for node in ast.parse(code).body)


def test_what_corresponds_stands_in_the_same_part() -> None:
    forward = next(part.code for part in parts() if part.name == "Forward")
    assert "self.C[x]" in forward[RAW,]
    assert "self.C[x]" in forward[MODULE,]
    assert "self.weight[x]" in forward[LAYERS,]
    assert "self.weight[x]" in forward[MINITORCH,]


def test_the_four_lines_stand_in_the_loop_in_their_order() -> None:
    lines = ("engine.loss(x, y)", "zero_grad()", "loss.backward()", "_take_step()")
    places = [loop().index(line) for line in lines]
    assert places == sorted(places)
    assert "cross_entropy(" in by_autograd()


def test_by_hand_walks_the_layers_of_this_very_model_backwards() -> None:
    lecture_4 = by_hand(MLPConfig(batch_norm=True, norm_noise=0.1).build(27, Generator()))
    names = [node.name for node in ast.parse(lecture_4).body if isinstance(node, ast.FunctionDef)]
    assert names == [
        "backward",
        "cross_entropy_backward",
        "linear_backward",
        "tanh_backward",
        "batch_norm_backward",
        "reshape_backward",
        "embedding_backward",
    ]
    leaky = by_hand(DeepMLPConfig(activation="leaky-relu").build(27, Generator()))
    assert "leaky_relu_backward" in leaky
    assert "tanh_backward" not in leaky
