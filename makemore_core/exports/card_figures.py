"""The charts of a run card: the figures of the pages, each with its words and its numbers for those who hear it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from makemore_core.charts.loss import loss_figure
from makemore_core.charts.readings import reading_figure, visible
from makemore_core.charts.scalars import PACE, scalars_figure
from makemore_core.diagnostics import DIAGNOSTICS, verdict_on
from makemore_core.diagnostics.reading import Histograms, Projection, Reading, Scalars
from makemore_core.exports.kept import Kept
from makemore_core.exports.markup import details, literal, number, table
from makemore_core.ngrams import yardsticks

LAYERED = ("activations", "gradients", "update_ratio")
ALPHABET = "embedding"
HEIGHT = 320  # pixels
MOST_ROWS = 60  # of a table under a chart


@dataclass(frozen=True)
class Drawn:
    """One chart: plotly's JSON, its height in pixels, and what it shows in words and in a table (HTML)."""

    name: str
    figure: str
    height: int
    alt: str
    numbers: str

    @property
    def markup(self) -> str:
        """The place where card.js draws it, and the numbers below."""
        plot = (
            f'<div class=plot id="{self.name}" role=img style="height:{self.height}px" aria-label="{self.alt}"></div>'
        )
        return f"<figure>{plot}{details('The numbers', self.numbers)}</figure>"


def charts(kept: Kept) -> dict[str, Drawn]:
    """All charts that this run has, by name."""
    alphabet = alphabet_chart(kept)
    drawn = [loss_chart(kept), *layer_charts(kept), *([alphabet] if alphabet else [])]
    return {chart.name: chart for chart in drawn}


def loss_chart(kept: Kept) -> Drawn:
    """Train and val over the steps, with the yardsticks."""
    lines, snapshot = yardsticks(kept.config.data), kept.snapshot
    last = kept.evaluation
    words = (
        f"Losses in nats over the steps. After {last.step:,} steps val is {last.val:.4f}." if last else "No loss yet."
    )
    words += " Yardsticks: " + ", ".join(f"{name} {value:.4f}" for name, value in lines.items()) + "."
    rows = [(f"{e.step:,}", number(e.train), number(e.val)) for e in snapshot.evaluations]
    numbers = table("Losses in nats after so many steps", ("steps", "train", "val"), _thinned(rows))
    return Drawn("loss", _json(loss_figure(snapshot, lines)), 380, literal(words), numbers)


def layer_charts(kept: Kept) -> Iterator[Drawn]:
    """Activations, gradients and update:data; what a model does not have is said by its sentence alone."""
    for name in LAYERED:
        reading = kept.snapshot.reading(name)
        if reading is not None and not _is_empty(reading):
            figure, numbers = LOOKS[reading.kind](kept, name, reading)
            diagnostic = DIAGNOSTICS[name]
            verdict = verdict_on(name, kept.snapshot.shown.readings) if kept.snapshot.shown else None
            words = (
                f"{diagnostic.title} at step {kept.snapshot.step:,}. {verdict.text if verdict else diagnostic.about}"
            )
            yield Drawn(name, _json(figure), HEIGHT, literal(words), numbers)


def missing(kept: Kept) -> list[str]:
    """The sentences of the diagnostics whose charts are missing, because the model has nothing of the kind."""
    readings = {name: kept.snapshot.reading(name) for name in (*LAYERED, ALPHABET)}
    absent = (DIAGNOSTICS[name].absent for name, reading in readings.items() if reading and _is_empty(reading))
    return list(dict.fromkeys(absent))


def alphabet_chart(kept: Kept) -> Drawn | None:
    """The characters' vectors in the plane; None where the model has none."""
    reading = kept.snapshot.reading(ALPHABET)
    if reading is None or _is_empty(reading):
        return None
    found, diagnostic = cast("Projection", reading), DIAGNOSTICS[ALPHABET]
    places = zip(found.labels, found.points, strict=True)
    rows = [(visible(letter), f"{x:.2f}", f"{y:.2f}") for letter, (x, y) in places]
    words = f"The vectors of {len(found.labels)} characters as a map. {diagnostic.about}"
    numbers = table("Where each character stands", ("character", "across", "up"), rows)
    return Drawn(
        ALPHABET, _json(reading_figure(diagnostic.title, kept.snapshot.step, reading)), HEIGHT, literal(words), numbers
    )


def _histograms(kept: Kept, name: str, reading: Reading) -> tuple[Any, str]:
    figure = reading_figure(DIAGNOSTICS[name].title, kept.snapshot.step, reading)
    layers = cast("Histograms", reading).layers
    rows = [(literal(layer.name), f"{layer.mean:+.3g}", f"{layer.deviation:.3g}") for layer in layers]
    return figure, table(f"{DIAGNOSTICS[name].title} by layer", ("layer", "mean", "deviation"), rows)


def _scalars(kept: Kept, name: str, reading: Reading) -> tuple[Any, str]:
    title = DIAGNOSTICS[name].title
    rows = [(literal(part), f"{value:.2e}") for part, value in cast("Scalars", reading).values.items()]
    return scalars_figure(title, kept.snapshot, name, **PACE), table(f"{title} at the end", ("weights", "ratio"), rows)


LOOKS = {Histograms.kind: _histograms, Scalars.kind: _scalars}


def _is_empty(reading: Reading) -> bool:
    return not any(getattr(reading, part, None) for part in ("layers", "points", "values"))


def _thinned(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """At most so many, evenly chosen, the last among them."""
    every = -(-len(rows) // MOST_ROWS) or 1
    return rows[::-1][::every][::-1]


def _json(figure: Any) -> str:
    return str(figure.to_json())
