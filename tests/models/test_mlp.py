"""Lecture 3's knobs of initialisation do what they say, in the lecture's order of draws."""

import pytest
import torch
from torch import Generator

from makemore_core.models.layers import DeviationBatchNorm1d
from makemore_core.models.mlp import MLPConfig
from makemore_core.presets.lectures import PLAIN

SEED = 2147483647


def test_the_parameters_are_drawn_in_the_lectures_order() -> None:
    g = Generator().manual_seed(SEED)  # the notebook's own lines
    C = torch.randn((27, 10), generator=g)
    W1 = torch.randn((30, 200), generator=g)
    b1 = torch.randn(200, generator=g)
    W2 = torch.randn((200, 27), generator=g)
    b2 = torch.randn(27, generator=g)
    net = PLAIN.build(27, Generator().manual_seed(SEED))
    assert all(map(torch.equal, net.parameters(), (C, W1, b1, W2, b2)))


def test_each_scale_reaches_its_own_parameter() -> None:
    plain = PLAIN.build(27, Generator().manual_seed(SEED)).named_parameters()
    config = MLPConfig(kaiming=False, hidden_scale=2, hidden_bias_scale=3, output_scale=4, output_bias_scale=5)
    scaled = config.build(27, Generator().manual_seed(SEED)).named_parameters()
    factors = {name: (scaled[name] / plain[name]).mean().round(decimals=3).item() for name in plain}
    assert list(factors.values()) == [1, 2, 3, 4, 5]


def test_kaiming_divides_by_the_root_of_the_fan_in() -> None:
    plain = PLAIN.build(27, Generator().manual_seed(SEED)).named_parameters()["hidden.weight"]
    kaiming = MLPConfig().build(27, Generator().manual_seed(SEED)).named_parameters()["hidden.weight"]
    torch.testing.assert_close(kaiming, plain * (5 / 3) / 30**0.5)


def test_the_gain_is_the_weights_deviation_times_the_root_of_the_fan_in() -> None:
    for config in (PLAIN, MLPConfig(), MLPConfig(kaiming=False, hidden_scale=0.2), PLAIN.with_gain(2)):
        weights = config.build(27, Generator().manual_seed(SEED)).named_parameters()["hidden.weight"]
        assert weights.std().item() * 30**0.5 == pytest.approx(config.gain, rel=0.03)  # of 6,000 draws
    assert MLPConfig().gain == 5 / 3


def test_batch_norm_replaces_the_hidden_bias() -> None:
    net = MLPConfig(batch_norm=True).build(27, Generator())
    assert isinstance(net.layers["batch_norm"], DeviationBatchNorm1d)
    assert "hidden.bias" not in net.named_parameters()
    assert {"batch_norm.running_mean", "batch_norm.running_spread"} < set(net.state())
