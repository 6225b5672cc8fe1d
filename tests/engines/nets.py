"""Nets of any shape for an engine to differentiate, and how far its gradients may be from those of torch's autograd."""

from collections.abc import Sequence

import torch
from hypothesis import strategies as st
from torch import Generator, Tensor

from makemore_core.gradcheck import EngineFactory, Row, check_engine, in_dtype
from makemore_core.layouts import SEQUENCES, Layout
from makemore_core.models.causal_conv import CausalConvConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import ModelConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.models.wavenet import WaveNetConfig

LARGEST_DIFFERENCE = {torch.float64: 1e-12, torch.float32: 1e-6}

seeds = st.integers(0, 2**32)
few_or_many = {"V": st.integers(2, 30), "B": st.integers(2, 40), "seed": seeds}
mixed = {"V": st.integers(12, 30), "B": st.integers(8, 40), "seed": seeds}
sizes = {"n_hidden": st.integers(4, 40), "n_embd": st.integers(2, 12)}
mlps = st.builds(MLPConfig, block_size=st.integers(1, 8), **sizes)
normed = {"block_size": st.integers(2, 8), "batch_norm": st.just(True), **sizes}
lecture_3s_mlps = st.builds(MLPConfig, **normed)
lecture_4s_mlps = st.builds(MLPConfig, norm_noise=st.just(0.1), **normed)
wavenets = st.builds(WaveNetConfig, bias=st.booleans(), **sizes)
with_lecture_5s_bug = st.builds(WaveNetConfig, norm_positions=st.just(False), bias=st.booleans(), **sizes)
gpts = st.builds(
    TransformerConfig,
    n_layers=st.integers(1, 2),
    n_head=st.sampled_from((1, 2, 4)),
    n_embd=st.sampled_from((8, 16)),
    block_size=st.integers(2, 8),
    activation=st.sampled_from(("gelu", "relu")),
)
cnns = st.builds(CausalConvConfig, n_layers=st.just(3), block_size=st.integers(2, 8), **sizes)


def deep_mlps(batch_norm: bool) -> st.SearchStrategy[DeepMLPConfig]:
    return st.builds(
        DeepMLPConfig,
        n_layers=st.integers(1, 4),
        block_size=st.integers(2, 8),
        batch_norm=st.just(batch_norm),
        activation=st.sampled_from(("tanh", "relu", "leaky-relu")),
        bias=st.booleans(),
        **sizes,
    )


with_batch_norm = st.one_of(lecture_3s_mlps, lecture_4s_mlps, deep_mlps(batch_norm=True), wavenets)
without_batch_norm = st.one_of(mlps, deep_mlps(batch_norm=False))
sequences = st.one_of(gpts, cnns)


def batch(B: int, T: int, V: int, generator: Generator, layout: Layout | None = None) -> tuple[Tensor, Tensor]:
    """Inputs x (B, T) and targets y (B), or y (B, T) where each place of a sequence predicts the next."""
    shape = (B, T) if layout is SEQUENCES else (B,)
    return torch.randint(0, V, (B, T), generator=generator), torch.randint(0, V, shape, generator=generator)


def check(make_engine: EngineFactory, config: ModelConfig, V: int, B: int, seed: int, dtype: torch.dtype) -> list[Row]:
    """The engine's gradients beside autograd's, for a net and a batch that a seed draws."""
    generator = Generator().manual_seed(seed)
    model = config.build(V, generator)
    drawn = batch(B, config.block_size, V, generator, model.layout)
    return check_engine(make_engine, in_dtype(model, dtype), *drawn)


def largest_difference(rows: Sequence[Row]) -> float:
    return max(row.max_diff for row in rows)
