"""Fuzzed settings, by every door of the core: dicts and JSON of a store or an archive, texts of a link or a command."""

import copy
import random
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from makemore_core.config import RunConfig, parse_setting
from makemore_core.errors import InputError
from makemore_core.knobs import Config, Knob, knobs_of
from makemore_core.presets import PRESETS
from makemore_core.search.axes import Axis
from makemore_core.search.plan import SweepPlan
from makemore_core.sharing import all_settings
from tests.reliability.fuzzing import NASTY, ODD_VALUES, damaged_bytes, damaged_text, endings
from tests.strategies import ALL_KNOBS

Amount = Callable[[int, int], int]
DICTS = [preset.config.to_dict() for preset in PRESETS.values()]
TEXTS = [{path: str(value) for path, value in preset.config.settings().items()} for preset in PRESETS.values()]
AXES = ("log:1e-3:1", "linear:0:2:5", "32:512", "tanh,relu", "0.1,0.2,0.3", "true,false", "mlp,deep-mlp")


def test_every_fuzzed_dict_is_a_config_or_refused(amount: Amount) -> None:
    many = amount(1_000, 100_000)
    sentences = endings(
        (fuzzed_dict(random.Random(seed)) for seed in range(many)), lambda d: is_sound(RunConfig.from_dict(d))
    )
    assert 0.3 * many < len(sentences) < many


def test_every_damaged_json_is_a_config_or_refused(amount: Amount) -> None:
    def read(content: bytes) -> None:
        try:
            values = orjson.loads(content)
        except orjson.JSONDecodeError:
            return
        is_sound(RunConfig.from_dict(values))

    dice, many = random.Random(1), amount(1_000, 100_000)
    endings((damaged_bytes(orjson.dumps(dice.choice(DICTS)), dice) for _ in range(many)), read)


def test_every_fuzzed_text_is_a_setting_or_refused(amount: Amount) -> None:
    dice, many = random.Random(2), amount(1_000, 100_000)
    sentences = endings(
        (fuzzed_texts(dice) for _ in range(many)),
        lambda texts: is_sound(RunConfig().with_texts(dict(map(parse_setting, texts)))),
    )
    assert 0.3 * many < len(sentences) < many


def test_every_fuzzed_range_is_a_plan_or_refused(amount: Amount) -> None:
    def plan(given: tuple[RunConfig, list[tuple[str, str]], dict[str, Any]]) -> None:
        config, axes, budget = given
        made = SweepPlan(config, "", tuple(Axis.parse(path, text, config) for path, text in axes), **budget)
        assert SweepPlan.from_dict(orjson.loads(orjson.dumps(made.to_dict()))) == made
        for axis in made.axes:
            is_sound(config.with_values({axis.path: axis.at(0.5)}))

    dice, many = random.Random(3), amount(1_000, 100_000)
    sentences = endings((fuzzed_plan(dice) for _ in range(many)), plan)
    assert 0.3 * many < len(sentences) < many


@pytest.mark.parametrize("name", ALL_KNOBS)
def test_no_odd_value_passes_as_one_of_another_type(name: str) -> None:
    """Not True for 1, not 1.0 for 1, not the text of a number for the number, not half a character."""
    k = ALL_KNOBS[name]
    endings(ODD_VALUES, lambda value: is_of(k, k.check(value), value))
    endings(NASTY, lambda text: is_of(k, k.parse(text), text))


def is_of(k: Knob, checked: object, given: object) -> None:
    assert type(checked) is k.type
    assert k.check(checked) == checked
    assert repr(checked) != "-0.0"
    assert isinstance(given, bool) == (k.type is bool) or isinstance(given, str)


@pytest.mark.parametrize("text", ["٣", "१२", "３", "²", "1٠", "½", "Ⅻ"])
def test_only_0_to_9_are_digits(text: str) -> None:
    for path in ("batch_size", "optimizer.learning_rate"):
        with pytest.raises(InputError, match=r"takes a(?: whole)? number, but got"):
            RunConfig().with_texts({path: text})


def is_sound(config: RunConfig) -> None:
    """Each value is of its knob's own type, and the config comes back from what is kept of it."""
    for owner in (config, config.data, config.model, config.optimizer, config.schedule, config.sampling):
        assert isinstance(owner, Config)
        for k in knobs_of(owner):
            assert type(getattr(owner, k.name)) is k.type
    assert RunConfig.from_dict(orjson.loads(orjson.dumps(config.to_dict()))) == config


def fuzzed_dict(dice: random.Random) -> Any:
    """A preset's settings with other values, other names, or other shapes."""
    values: Any = copy.deepcopy(dice.choice(DICTS))
    for _ in range(dice.randrange(1, 4)):
        inside = dice.choice([values, *(part for part in values.values() if isinstance(part, dict))])
        key = dice.choice([*inside, dice.choice(NASTY), dice.choice([7, None, ("a",)])]) if inside else "x"
        inside[key] = dice.choice((dice.choice(ODD_VALUES), dice.choice(ODD_VALUES), 1, 0.5, "adam", "mlp"))
    return dice.choice((values, values, values, dice.choice(ODD_VALUES)))


def fuzzed_texts(dice: random.Random) -> list[str]:
    """Settings as a command line spells them, some of them damaged."""
    texts = [f"{path}={value}" for path, value in dice.sample(sorted(dice.choice(TEXTS).items()), 5)]
    texts[0] = damaged_text(texts[0], dice)
    texts[1] = f"{dice.choice(all_settings())}={dice.choice(NASTY)}"
    return texts[: dice.randrange(1, 6)]


def fuzzed_plan(dice: random.Random) -> tuple[RunConfig, list[tuple[str, str]], dict[str, Any]]:
    """Up to three axes, as `--over` spells them, and a budget."""
    config = dice.choice(list(PRESETS.values())).config
    axes = [
        (dice.choice(all_settings()), dice.choice((dice.choice(AXES), damaged_text(dice.choice(AXES), dice))))
        for _ in range(dice.randrange(1, 4))
    ]
    odd = {dice.choice(knobs_of(SweepPlan)).name: dice.choice(ODD_VALUES)} if dice.random() < 0.2 else {}
    return config, [("optimizer.learning_rate", "log:1e-3:1"), *axes][-dice.randrange(1, 4) :], odd
