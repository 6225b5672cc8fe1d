"""The parts of a run card, from the run's name down to the versions: each a piece of HTML."""

import platform
from datetime import UTC, datetime
from typing import cast

import numpy as np
import torch

from makemore_core.catalogue import CATALOGUE
from makemore_core.config import CHOICES
from makemore_core.diagnostics import worst_first
from makemore_core.diagnostics.reading import Text
from makemore_core.exports.again import Again
from makemore_core.exports.card_figures import ALPHABET, LAYERED, Drawn, missing
from makemore_core.exports.kept import Kept
from makemore_core.exports.markup import code, details, facts, literal, number, section, table
from makemore_core.lint.facts import facts_of, samples_of
from makemore_core.ngrams import yardsticks
from makemore_core.presets import PRESETS, Preset
from makemore_core.sharing import portable
from makemore_core.training.recorder import Observation, milestones
from makemore_core.vocabulary import shown

CAPTION = "The last losses, in nats a character"
LEVELS = ("healthy", "watch", "sick")
Charts = dict[str, Drawn]
AFFORDABLE = 2_000_000_000  # parameters times characters of the test split that are scored for a card
WORDS_SHOWN = 24


def headline(kept: Kept) -> str:
    """The name, the state, and in one sentence what was trained on what."""
    p, config = kept.snapshot.progress, kept.config_now
    preset = PRESETS.get(kept.row.preset)
    speed = f", {p.step / p.seconds:,.0f} steps a second" if p.seconds and p.step > 1 else ""
    words = (
        f"<b>{literal(config.model.name)}</b> with {kept.row.parameters:,} parameters learned "
        f"<b>{literal(kept.dataset.name)}</b> for {p.step:,} of {p.max_steps:,} steps in {p.seconds:,.1f} s{speed}."
    )
    about = f"<p class=quiet>{literal(f'{preset.name}: {preset.about} {preset.source}.')}</p>" if preset else ""
    message = f"<p class=message>{literal(p.message)}</p>" if p.message else ""
    state = f"<span class='state {p.state}'>{literal(p.state)}</span>"
    brand = "<p class=brand>Makemore Lab · run card</p>"
    name = f"<h1>{literal(kept.row.title)} {state}</h1>"
    return f"<header>{brand}{name}<p class=lead>{words}</p>{about}{message}</header>"


def losses(kept: Kept, charts: Charts) -> str:
    """The chart, and the last losses beside the published ones and the yardsticks."""
    return section("The loss", f"<div class=beside>{charts['loss'].markup}<div>{_loss_table(kept)}</div></div>")


def _loss_table(kept: Kept) -> str:
    preset = PRESETS.get(kept.row.preset)
    theirs = preset.published.losses if preset else {}
    rows = [(split, f"<b>{number(loss)}</b>", number(theirs.get(split))) for split, loss in _our_losses(kept).items()]
    rows += [(f"{name} on val", number(value), "") for name, value in yardsticks(kept.config.data).items()]
    if preset is None or not any(theirs.values()):
        return table(CAPTION, ("nats", "loss"), [row[:2] for row in rows])
    return table(CAPTION, ("nats", "ours", "published"), rows) + _about_published(kept, preset)


def _about_published(kept: Kept, preset: Preset) -> str:
    """Where the numbers beside ours come from, and why ours are not the same, where they are not."""
    own, theirs = preset.published.is_own, preset.config.data.dataset
    words = "Computed by this project, where nothing was printed." if own else f"Published in {preset.source}."
    other = f" They hold for {theirs}." if theirs != kept.config.data.dataset else ""
    return f"<p class=quiet>{literal(f'{words} {preset.remark}{other}')}</p>"


def _our_losses(kept: Kept) -> dict[str, float]:
    """By split, as far as they are known."""
    last, test = kept.evaluation, _test_loss(kept)
    return ({"train": last.train, "val": last.val} if last else {}) | ({} if test is None else {"test": test})


def _test_loss(kept: Kept) -> float | None:
    """Of the whole split, where the others were measured on this very net; None where it would take long."""
    last, tokens = kept.evaluation, kept.dataset.tokens("test")
    if last is None or last.step != kept.step or len(tokens) * kept.row.parameters > AFFORDABLE:
        return None
    return kept.model.mean_nats(kept.model.cut(tokens, kept.dataset.is_text))


def names(kept: Kept, charts: Charts) -> str:
    """What it invented at 0, 10, 100, ... steps and at the end; what stands in the data is pale."""
    noun = kept.dataset.noun
    rows = [row for o in reversed(milestones(kept.snapshot.seen)) if (row := _names_row(kept, o))]
    kind = "lines" if kept.dataset.is_text else "names"
    legend = f"<p class=quiet>New {noun}s are bold; those of the data set are pale.</p>"
    return section(f"The {noun}s it invents", f"<ol class={kind}>{''.join(rows)}</ol>{legend}" if rows else "")


def _names_row(kept: Kept, observation: Observation) -> str:
    reading = observation.readings.get("samples")
    lines = cast("Text", reading).lines if reading else []
    tags = [("i" if line in kept.dataset.known else "b", literal(line) or "·") for line in lines]
    marked = " ".join(f"<{tag}>{line}</{tag}>" for tag, line in tags)
    return f"<li><span>step {observation.step:,}</span><p>{marked}</p></li>" if lines else ""


def inside(kept: Kept, charts: Charts) -> str:
    """What the diagnostics say at the end, and their charts, the alphabet among them."""
    latest = kept.snapshot.shown
    verdicts = worst_first(latest.readings) if latest else []
    said = "".join(
        f"<li class={LEVELS[v.level]}><span>{LEVELS[v.level]}</span> {literal(v.text)}</li>" for v in verdicts
    )
    drawn = "".join(charts[name].markup for name in (*LAYERED, ALPHABET) if name in charts)
    absent = "".join(f"<p class=quiet>{literal(sentence)}</p>" for sentence in missing(kept) if sentence)
    return section(
        f"Inside it at step {kept.snapshot.step:,}",
        f"<ul class=verdicts>{said}</ul>" if said else "",
        f"<div class=charts>{drawn}</div>" if drawn else "",
        absent,
    )


def settings(kept: Kept, charts: Charts) -> str:
    """What differs from the preset, what was changed on the way, and everything."""
    again, now = Again(kept.config, kept.row.preset), portable(kept.config_now)
    usual = again.preset.config.settings()
    turned = [(_path(path), _value(value), _value(usual.get(path, "–"))) for path, value in again.differences.items()]
    of = "its preset" if again.own_preset else "the nearest preset"
    what = "What differs" if turned else "Nothing differs"
    words = f"<p>{what} from {of}, <b>{literal(again.preset.name)}</b>.</p>"
    marks = [(f"{mark.step:,}", literal(mark.text)) for mark in kept.snapshot.marks]
    everything = [(_path(path), _value(value), _help(kept, path)) for path, value in now.settings().items()]
    return section(
        "Settings",
        words,
        table("Settings that differ", ("setting", "this run", again.preset.name), turned) if turned else "",
        table("What happened on its way", ("from step", "what"), marks) if marks else "",
        details("All settings", table("All settings", ("setting", "value", "what it does"), everything)),
    )


def _path(path: str) -> str:
    return f"<code>{literal(path)}</code>"


def _value(value: object) -> str:
    return literal(str(value))


def _help(kept: Kept, path: str) -> str:
    return "" if path in CHOICES else literal(kept.config.knob_at(path).help)


def data(kept: Kept, charts: Charts) -> str:
    """The data set: what it is, how large, how it is split, and some of it."""
    dataset, found, noun = kept.dataset, facts_of(kept.dataset), kept.dataset.noun
    unit = "characters" if dataset.is_text else f"{noun}s"
    source = CATALOGUE.get(kept.config.data.dataset)
    some = "".join(f"<i>{literal(word)}</i> " for word in samples_of(dataset, seed=0, n=WORDS_SHOWN))
    letters = " ".join(literal(shown(character)) for character in dataset.vocabulary.itos)
    kind = "lines" if dataset.is_text else "names"
    pairs = [
        (f"{noun}s", f"{found.words:,}, {found.distinct:,} of them distinct"),
        ("lengths", f"{found.shortest} to {found.longest} characters, {found.mean_length:.1f} on average"),
        ("split", ", ".join(f"{split} {n:,}" for split, n in found.parts.items()) + f" {unit}"),
        ("alphabet", f"{found.vocab_size:,} with the {noun}'s end: {letters}"),
        ("SHA-256", f"<code>{literal(dataset.sha256)}</code>"),
    ]
    about = f"<p>{literal(source.about)}</p>" if source else ""
    sample = f"<div class='{kind} sample'><p>{some}</p></div>"
    return section(f"The data: {dataset.name}", about, facts(pairs), sample)


def again(kept: Kept, charts: Charts) -> str:
    """The command and the address that train it once more."""
    found = Again(kept.config, kept.row.preset)
    address = literal(found.address)
    link = f"<p>Or open <a href='{address}'>{address}</a> where a dashboard runs, and press Play.</p>"
    no_link = "<p>Its data are a file, which has to lie in the folder of the command.</p>"
    marks = "<p class=quiet>What was changed on its way is not part of them.</p>" if kept.snapshot.marks else ""
    return section("Train it again", code(found.command), link if found.address else no_link, marks)


def versions(kept: Kept) -> str:
    """What it was made with, and how one knows that it is the same."""
    made = datetime.fromtimestamp(kept.row.created, UTC).strftime("%d %B %Y, %H:%M UTC")
    pairs = [
        ("trained", f"from {made}"),
        ("weights", f"after {kept.step:,} steps, SHA-256 <code>{kept.fingerprint}</code>"),
        ("made with", f"Python {platform.python_version()}, torch {torch.__version__}, numpy {np.__version__}"),
    ]
    return f"<footer>{facts(pairs)}</footer>"
