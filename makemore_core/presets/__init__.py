"""The named runs as frozen configs: the published ones with their numbers, and those that are broken on purpose."""

from makemore_core.errors import choose_one_of
from makemore_core.presets.lectures import LECTURES
from makemore_core.presets.makemore_py import MAKEMORE_PY
from makemore_core.presets.preset import Preset, Published
from makemore_core.presets.seeds import SEEDS
from makemore_core.presets.sick import SICK

PUBLISHED = {preset.name: preset for preset in (*LECTURES, *SEEDS, *MAKEMORE_PY)}
PRESETS = PUBLISHED | {preset.name: preset for preset in SICK}


def preset_named(name: str) -> Preset:
    """A preset of the table, or an InputError that lists the names."""
    if name not in PRESETS:
        raise choose_one_of("preset", name, PRESETS)
    return PRESETS[name]


__all__ = ["PRESETS", "PUBLISHED", "Preset", "Published", "preset_named"]
