"""How to train a run again: the preset nearest to its settings, what is turned from there, as a command and a link."""

import shlex
from functools import cached_property

from makemore_core.catalogue import is_named
from makemore_core.config import RunConfig
from makemore_core.knobs import Value
from makemore_core.presets import PRESETS, PUBLISHED, Preset
from makemore_core.sharing import address, portable, settings_link

LOCAL = "http://localhost:8501/"  # where `make run` opens the dashboard


class Again:
    """A run's first settings as a preset and what differs from it: its own preset, or else the nearest."""

    def __init__(self, config: RunConfig, preset: str = "") -> None:
        self.config, self.own_preset = config, PRESETS.get(preset)

    @cached_property
    def preset(self) -> Preset:
        return self.own_preset or nearest_preset(self.config)

    @cached_property
    def differences(self) -> dict[str, Value]:
        """What has to be turned, without this machine's folders."""
        return portable(self.config).differences(self.preset.config)

    @property
    def command(self) -> str:
        """For a shell."""
        turned = "".join(f" --set {shlex.quote(f'{path}={value}')}" for path, value in self.differences.items())
        return f"python -m makemore_core train {self.preset.name}{turned}"

    @property
    def address(self) -> str:
        """For a browser where the dashboard runs; empty where the data are a file, which no link opens."""
        if not is_named(self.config.data.dataset):
            return ""
        return address(LOCAL, settings_link(self.preset.name, self.config))


def nearest_preset(config: RunConfig) -> Preset:
    """The published preset with the fewest settings to turn, of the same model if there is one; of equals the first."""

    def distance(preset: Preset) -> tuple[bool, int]:
        return preset.config.model.name != config.model.name, len(config.differences(preset.config))

    return min(PUBLISHED.values(), key=distance)
