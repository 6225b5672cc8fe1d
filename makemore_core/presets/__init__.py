"""The named runs: each published run of the lectures and seeds as one frozen config, with its published numbers."""

from makemore_core.errors import choose_one_of
from makemore_core.presets.lectures import LECTURES
from makemore_core.presets.makemore_py import MAKEMORE_PY
from makemore_core.presets.preset import Preset, Published
from makemore_core.presets.seeds import SEEDS

PRESETS = {preset.name: preset for preset in (*LECTURES, *SEEDS, *MAKEMORE_PY)}


def preset_named(name: str) -> Preset:
    """A preset of the table, or an InputError that lists the names."""
    if name not in PRESETS:
        raise choose_one_of("preset", name, PRESETS)
    return PRESETS[name]


__all__ = ["PRESETS", "Preset", "Published", "preset_named"]
