"""Configs for hypothesis: any value that a knob's own range allows."""

from typing import TypeVar

from hypothesis import strategies as st

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.knobs import Config, Knob, Value, knobs_of
from makemore_core.models import MODELS
from makemore_core.optimizers import OPTIMIZERS
from makemore_core.sampling import SamplingConfig
from makemore_core.schedules import SCHEDULES

PARTS: list[type[Config]] = [
    DataConfig,
    SamplingConfig,
    *MODELS.values(),
    *OPTIMIZERS.values(),
    *SCHEDULES.values(),
]
ALL_KNOBS: dict[str, Knob] = {f"{c.__name__}.{k.name}": k for c in (RunConfig, *PARTS) for k in knobs_of(c)}

C = TypeVar("C", bound=Config)


def values_of(knob: Knob) -> st.SearchStrategy[Value]:
    if knob.type is bool:
        return st.booleans()
    if knob.options:
        return st.sampled_from(knob.options)
    if knob.type is str:
        return st.text(min_size=1)
    assert knob.low is not None
    assert knob.high is not None
    if knob.type is int:
        return st.integers(int(knob.low), int(knob.high))
    return st.floats(knob.low, knob.high)


def configs_of(kind: type[C]) -> st.SearchStrategy[C]:
    return st.builds(kind, **{k.name: values_of(k) for k in knobs_of(kind)})


def run_configs() -> st.SearchStrategy[RunConfig]:
    return st.builds(
        RunConfig,
        data=configs_of(DataConfig),
        model=st.one_of([configs_of(model) for model in MODELS.values()]),
        optimizer=st.one_of([configs_of(optimizer) for optimizer in OPTIMIZERS.values()]),
        schedule=st.one_of([configs_of(schedule) for schedule in SCHEDULES.values()]),
        sampling=configs_of(SamplingConfig),
        **{k.name: values_of(k) for k in knobs_of(RunConfig)},
    )
