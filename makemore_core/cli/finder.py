"""`finder`: the loss over a ramp of learning rates, for a preset's fresh net or for a run's as it is."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

import numpy as np
import typer
from torch import Tensor

from makemore_core.cli.options import AsJson, DataName, configured, given, load, open_run
from makemore_core.cli.terminal import fetch_bar, say, show_table, write_json
from makemore_core.config import RunConfig, parse_setting
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.knobs import knobs_of
from makemore_core.presets import PRESETS
from makemore_core.search.finder import FinderConfig, Finding, find, usual_ramp
from makemore_core.tasks import Report

SHOWN = 13  # points of the curve, from end to end
KNOBS = {k.name: k for k in knobs_of(FinderConfig)}
Net = tuple[RunConfig, Dataset, dict[str, Tensor] | None]


@dataclass
class Told(Report):
    """A report that moves a bar on the way."""

    move: Callable[[float, str], None] = lambda share, words: None

    def __call__(self, share: float, words: str = "") -> None:
        super().__call__(share, words)
        self.move(share, words)


def _flag(name: str, metavar: str) -> Any:
    return typer.Option(f"--{name}", metavar=metavar, help=KNOBS[name].help, show_default=False)


def finder(
    name: Annotated[str, typer.Argument(metavar="PRESET|RUN", help="A fresh net of a preset, or a run's as it is.")],
    low: Annotated[str | None, _flag("low", "RATE")] = None,
    high: Annotated[str | None, _flag("high", "RATE")] = None,
    steps: Annotated[str | None, _flag("steps", "N")] = None,
    passes: Annotated[str | None, _flag("passes", "N")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="A preset's setting: model.n_hidden=100.")
    ] = None,
    data: DataName = None,
    json: AsJson = False,
) -> None:
    """Find a learning rate: let it climb step by step until the loss explodes, and read the valley."""
    texts = dict(map(parse_setting, settings or ())) | given({"data.dataset": data})
    config, dataset, state = _net(name, texts)
    flags = given({"low": low, "high": high, "steps": steps, "passes": passes})
    turned: dict[str, Any] = {flag: KNOBS[flag].parse(text) for flag, text in flags.items()}
    with fetch_bar(name) as move:
        finding = find(config, dataset, replace(usual_ramp(config.optimizer), **turned), Told(move=move), state)
    if json:
        return write_json(_document(name, config, finding))
    show_table(("learning rate", "loss"), _curve(finding), flush_right=True)
    show_table(
        ("suggestion", "learning rate", "why", "after"),
        [(s.name, f"{s.rate:.3g}", s.reason, s.source) for s in finding.suggestions],
    )
    return say(finding.in_words())


def _net(name: str, texts: dict[str, str]) -> Net:
    """A preset's settings on its data; or a run's, with the state of its last checkpoint."""
    if name in PRESETS:
        config = configured(PRESETS[name].config, texts)
        return config, load(config), None
    with open_run(name) as (manager, run):
        if texts:
            raise InputError(f"A run keeps its settings, but got {', '.join(texts)}; name a preset to change them.")
        trainer = manager.trainer(run)
        return trainer.config, trainer.dataset, trainer.state()


def _curve(finding: Finding) -> list[tuple[str, float]]:
    places = np.unique(np.linspace(0, len(finding.rates) - 1, SHOWN).round().astype(int))
    return [(f"{finding.rates[i]:.3g}", float(finding.calm[i])) for i in places]


def _document(name: str, config: RunConfig, finding: Finding) -> dict[str, Any]:
    return {
        "name": name,
        "optimizer": config.optimizer.name,
        **asdict(finding.asked),
        "exploded": finding.exploded,
        "floor": asdict(finding.floor) if finding.floor else None,
        "suggestions": [asdict(suggestion) for suggestion in finding.suggestions],
        "rates": finding.rates.tolist(),
        "losses": finding.calm.tolist(),
    }
