"""A config survives every way in which it is written down, and refuses what it does not know."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given

from makemore_core.config import RunConfig, parse_setting
from makemore_core.errors import InputError
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from tests.strategies import run_configs


@given(run_configs())
def test_a_config_comes_back_from_json(config: RunConfig) -> None:
    assert RunConfig.from_dict(orjson.loads(orjson.dumps(config.to_dict()))) == config


@given(run_configs())
def test_a_config_comes_back_from_texts(config: RunConfig) -> None:
    texts = {path: str(value) for path, value in config.settings().items()}
    assert RunConfig().with_texts(texts) == config


@given(run_configs(), run_configs())
def test_the_differences_turn_one_config_into_the_other(config: RunConfig, other: RunConfig) -> None:
    assert other.with_values(config.differences(other)) == config


@given(run_configs())
def test_a_config_does_not_differ_from_itself(config: RunConfig) -> None:
    assert config.differences(config) == {}


@given(run_configs())
def test_equal_configs_are_one_key(config: RunConfig) -> None:
    assert hash(RunConfig.from_dict(config.to_dict())) == hash(config)


def test_a_setting_that_equals_another_models_default_still_shows() -> None:
    # n_hidden=200 is the MLP's default, and not the deep MLP's
    deep = RunConfig(model=DeepMLPConfig(n_hidden=200))
    assert deep.differences(RunConfig()) == {"model": "deep-mlp", "model.n_hidden": 200}


def test_another_model_brings_its_own_defaults() -> None:
    config = RunConfig(model=MLPConfig(n_hidden=77), seed=5)
    assert config.with_texts({"model": "deep-mlp"}) == replace(config, model=DeepMLPConfig())


def test_naming_the_present_model_keeps_its_settings() -> None:
    config = RunConfig(model=MLPConfig(n_hidden=77))
    assert config.with_texts({"model": "mlp", "seed": "5"}) == replace(config, seed=5)


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"model": "mpl"}, "Unknown model 'mpl'; choose one of: counting,"),
        ({"model.n_hiden": "9"}, "Unknown setting 'model.n_hiden'; choose one of: data.dataset,"),
        ({"model.gain": "1"}, "Unknown setting 'model.gain'"),  # the deep MLP's
        ({"": "9"}, "Unknown setting ''"),
        ({"model.": "9"}, "Unknown setting 'model.'"),
        ({"data": "x"}, "Unknown setting 'data'"),
        ({"settings.x": "9"}, "Unknown setting 'settings.x'"),
        ({"__class__.name": "9"}, "Unknown setting '__class__.name'"),
        ({"model.n_hidden": "1e9"}, "`4 <= n_hidden <= 1024` must hold, but got n_hidden=1000000000."),
        ({"model.n_hidden": "abc"}, "`n_hidden` takes a whole number, but got 'abc'."),
        ({"batch_size": "-1"}, "`0 <= batch_size <= 8192` must hold, but got batch_size=-1."),
        ({"max_steps": "1e12"}, "`1 <= max_steps <= 100000000` must hold"),
        ({"optimizer.learning_rate": "nan"}, "`1e-06 <= learning_rate <= 100` must hold"),
        ({"engine": "warp"}, "Unknown engine 'warp'; choose one of: auto, autograd"),
    ],
)
def test_texts_that_make_no_config_are_refused(texts: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError) as refusal:
        RunConfig().with_texts(texts)
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    "values",
    [
        {"model": {"name": "mlp", "n_hidden": True}},
        {"model": {"name": "mlp", "n_hidden": 200.0}},
        {"model": {"name": "mlp", "n_hidden": [1]}},
        {"model": {"name": ["mlp"]}},
        {"model": 7},
        {"data": None},
        {"surprise": 1},
        {7: 1},
        {"model": {7: 1}},
        [],
        None,
        "mlp",
    ],
)
def test_a_dict_that_is_no_config_is_refused(values: Any) -> None:
    with pytest.raises(InputError):
        RunConfig.from_dict(values)


def test_a_knob_is_found_by_its_path() -> None:
    assert RunConfig().knob_at("model.n_hidden").high == 1024
    assert RunConfig().knob_at("batch_size").default == 32


def test_a_setting_is_split_at_its_first_equals_sign() -> None:
    assert parse_setting(" data.dataset = a=b.txt ") == ("data.dataset", "a=b.txt")


def test_a_setting_without_a_value_is_refused() -> None:
    with pytest.raises(InputError, match="written path=value"):
        parse_setting("model.n_hidden")
