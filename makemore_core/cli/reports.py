"""What the command line tells about presets, runs and data sets: documents of plain values, and tables made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from makemore_core.catalogue import Source, is_here
from makemore_core.cli.terminal import Cell, say, show_table
from makemore_core.config import RunConfig
from makemore_core.data.own import OwnData
from makemore_core.datasets import SPLITS, Dataset, load_dataset
from makemore_core.diagnostics.reading import to_plain
from makemore_core.engines import name_of
from makemore_core.errors import InputError
from makemore_core.lint.checks import Finding
from makemore_core.lint.material import Material
from makemore_core.lint.mends import Mended
from makemore_core.presets import PRESETS, Preset, Published
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import Snapshot
from makemore_core.training.rows import RunRow
from makemore_core.training.trainer import Trainer

NAMES_SHOWN = 20
Document = dict[str, Any]


def preset_document(preset: Preset) -> Document:
    """A preset with all its settings and what was published."""
    about = {"name": preset.name, "about": preset.about, "source": preset.source}
    return about | {"config": preset.config.to_dict(), "published": published_document(preset.name)}


def published_document(preset: str) -> Document:
    """What was published for a preset; empty for own settings."""
    published = asdict(PRESETS[preset].published if preset in PRESETS else Published())
    return published | {"loss_at": {str(step): loss for step, loss in published["loss_at"].items()}}


def run_document(row: RunRow) -> Document:
    """A run as the store knows it; its losses are those of the last evaluation on the way."""
    p = row.progress
    return {
        "run": row.id,
        "name": row.title,
        "tags": list(row.tags),
        "parent": {"run": row.parent, "step": row.parent_step} if row.parent else None,
        "sweep": {"name": row.sweep, "trial": row.trial} if row.sweep else None,
        "preset": row.preset,
        "state": p.state,
        "message": p.message,
        "parameters": row.parameters,
        "steps": p.step,
        "max_steps": p.max_steps,
        "steps_per_second": p.step / p.seconds if p.seconds else None,
        "seconds": p.seconds,
        "created": row.created,
        "dataset": row.dataset,
        "loss": {"train": row.train, "val": row.val},
        "published": published_document(row.preset),
    }


def training_document(row: RunRow, run: AnyRun, preset: str, loss_at: tuple[int, ...]) -> Document:
    """A run that has just trained: its losses on all splits, and names. Steps it did not reach have no loss."""
    p, trainer = row.progress, run.trainer
    return {
        "run": row.id,
        "preset": preset,
        "engine": name_of(trainer.engine),
        "parameters": row.parameters,
        "steps": p.step,
        "steps_per_second": p.step / p.seconds if p.seconds else None,
        "seconds": p.seconds,
        "loss": split_losses(trainer),
        "loss_at": {str(step): run.loss_at.get(step) for step in loss_at},
        "samples": trainer.sample(NAMES_SHOWN),
        "dataset": row.dataset,
    }


def data_document(source: Source) -> Document:
    """A data set of the catalogue; its counts are known where it is here."""
    dataset = load_dataset(source.name) if is_here(source) else None
    return _described(dataset, source.name, source.sha256, source.address, source.about)


def own_document(own: OwnData) -> Document:
    """A data set of one's own."""
    try:
        dataset = load_dataset(own.name)
    except InputError:  # its file was damaged
        dataset = None
    return _described(dataset, own.name, own.sha256, "", f"Your own, from {own.origin}.")


def _described(dataset: Dataset | None, name: str, sha256: str, address: str, about: str) -> Document:
    return {
        "name": name,
        "here": dataset is not None,
        "words": dataset and len(dataset.words),
        "vocab": dataset and len(dataset.vocabulary),
        "sha256": sha256,
        "address": address,
        "about": about,
    }


def lint_document(material: Material, findings: Sequence[Finding], outcome: Mended | None, kept: str) -> Document:
    """What lint found in a data set, and what some mends made of it."""
    document: Document = {
        "name": material.name,
        "kind": material.kind,
        "words": len(material.dataset.words),
        "vocab": len(material.dataset.vocabulary),
        "findings": [asdict(finding) | {"turn": dict(finding.turn)} for finding in findings],
    }
    if outcome:
        document["mended"] = {"before": outcome.before, "after": outcome.after, "changed": outcome.changed}
    return document | ({"kept": kept} if kept else {})


def split_losses(trainer: Trainer) -> dict[str, float]:
    """The losses of train, val and test in nats."""
    return {split: trainer.evaluate(split) for split in SPLITS}


def last_names(snapshot: Snapshot | None) -> list[str]:
    """The names that a run invented at its latest observed step."""
    reading = snapshot.reading("samples") if snapshot else None
    return to_plain(reading)["lines"] if reading else []


def show_run(run: Document) -> None:
    """Two lines about a run: what it is, and how far it came."""
    say(f"{run['run']}: {run['preset'] or 'own settings'} on {run['dataset']['name']}")
    say(
        f"{run['parameters']:,} parameters, {run['steps']:,} steps in {run['seconds']:,.1f} s, "
        f"{run['steps_per_second'] or 0:,.0f} steps/s"
    )


def show_losses(losses: Mapping[str, float], preset: str = "", loss_at: Mapping[int, float] | None = None) -> None:
    """Our losses by split and by step, each beside the published one."""
    published = PRESETS[preset].published if preset in PRESETS else Published()
    rows: list[tuple[Cell, ...]] = [(split, loss, published.losses.get(split)) for split, loss in losses.items()]
    rows += [(f"batch at step {k:,}", loss, published.loss_at.get(k)) for k, loss in (loss_at or {}).items()]
    if published == Published():
        show_table(("loss", "ours"), [row[:2] for row in rows])
    else:
        show_table(("loss", "ours", "published"), rows)


def show_names(names: Sequence[str], preset: str = "") -> None:
    """Names in a row, with those that were published below."""
    say(f"names: {' '.join(names)}")
    if preset in PRESETS and PRESETS[preset].published.names:
        say(f"published: {' '.join(PRESETS[preset].published.names)}")


def show_differences(config: RunConfig, preset: str) -> None:
    """Says in which settings a run differs from the preset whose published numbers stand beside it."""
    if preset in PRESETS and config != PRESETS[preset].config:
        changes = config.differences(PRESETS[preset].config).items()
        say(f"Published with other settings; here {', '.join(f'{path}={value}' for path, value in changes)}.")
