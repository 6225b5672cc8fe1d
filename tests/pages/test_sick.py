"""Which runs the page of a sick preset takes for sick ones."""

import orjson
import pytest

from makemore_core.config import RunConfig
from makemore_core.presets import PRESETS, preset_named
from makemore_core.presets.sick import SICK
from pages.ui.sick import _is_sick


@pytest.mark.parametrize("name", [preset.name for preset in SICK])
def test_a_preset_is_sick_as_long_as_it_is_not_cured(name: str) -> None:
    config, sickness = PRESETS[name].config, PRESETS[name].sickness
    assert sickness is not None
    assert is_sick(name, config)
    assert is_sick(name, config.with_values({"seed": 7, "max_steps": 123}))
    assert not is_sick(name, config.with_values(sickness.cure))
    assert not is_sick(name, preset_named("makemore-transformer").config)


def is_sick(name: str, config: RunConfig) -> bool:
    """As the store keeps its settings."""
    return _is_sick(name, orjson.dumps(config.to_dict()))
