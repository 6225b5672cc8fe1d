"""Nets side by side: known layers with known sizes, each name once."""

from torch import Generator

from makemore_core.comparison.layers import LayerLine, beside, lines_of
from makemore_core.models import MODELS
from makemore_core.models.mlp import MLPConfig


def built(config: MLPConfig) -> tuple[LayerLine, ...]:
    return lines_of(config.build(27, Generator().manual_seed(1)))


def test_the_lectures_mlp_has_its_published_parameters() -> None:
    """Lecture 3's net: 27 letters in 10 numbers, 3 of them to 200 neurons, those to 27: 11,897 parameters."""
    lines = {line.name: line for line in built(MLPConfig(n_hidden=200, n_embd=10, block_size=3))}
    assert lines["embedding"] == LayerLine("embedding", "Embedding 27×10", 270)
    assert sum(line.parameters for line in lines.values()) == 11_897


def test_a_layer_stands_in_one_row_and_where_it_came() -> None:
    first = [LayerLine(name, "Linear", 1) for name in ("a", "c")]
    second = [LayerLine(name, "Linear", 1) for name in ("a", "b", "c", "d")]
    rows = beside([first, second])
    assert [row.name for row in rows] == ["a", "b", "c", "d"]
    assert [row.layers[0] is None for row in rows] == [False, True, False, True]
    assert [row.differ for row in rows] == [False, True, False, True]


def test_every_model_has_lines_that_hold_all_its_parameters() -> None:
    for config in MODELS.values():
        model = config().build(27, Generator().manual_seed(1))
        assert sum(line.parameters for line in lines_of(model)) == sum(p.numel() for p in model.parameters()), config
