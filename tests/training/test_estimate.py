"""The two ways to tell what a run takes: the quick one by sizes alone is never below the one that walks the net."""

import math
from contextlib import suppress
from dataclasses import replace

import hypothesis.strategies as st
from hypothesis import HealthCheck, assume, given, settings

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.knobs import Knob, Value, knobs_of
from makemore_core.models import MODELS
from makemore_core.models.language_model import ModelConfig
from makemore_core.training.estimate import at_most, estimated


def values(knob: Knob) -> st.SearchStrategy[Value]:
    """Of its whole range; sizes as often small as large."""
    if knob.type is bool or knob.options:
        return st.sampled_from(knob.options or (False, True))
    if knob.type is int:
        low, high = (math.log2(max(1, n or 1)) for n in (knob.low, knob.high))
        return st.floats(low, high).map(lambda exponent: round(2**exponent))
    return st.just(knob.default)


@st.composite
def models(draw: st.DrawFn) -> ModelConfig:
    kind = draw(st.sampled_from(list(MODELS.values())))
    with suppress(InputError):
        model = kind(**{knob.name: draw(values(knob)) for knob in knobs_of(kind)})
        model.check()
        return model
    assume(False)
    raise AssertionError


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(model=models(), batch_size=st.sampled_from([0, 1, 32, 512]))
def test_the_quick_bound_is_above_the_estimate(model: ModelConfig, batch_size: int) -> None:
    data = DataConfig(dataset="us-names-2018")
    config = replace(RunConfig(), data=data, model=model, batch_size=batch_size)
    dataset = data.load()
    with suppress(InputError):
        assert at_most(config, dataset) > estimated(config, dataset).bytes
