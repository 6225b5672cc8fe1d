"""A link: a preset and what is turned from there, written and read. Its version says which lab wrote it.

Reading is kind: what a link says and this lab does not know costs one sentence, the rest holds. A link never names a
folder of the machine it was written on, and never opens a file on the one it is read on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from makemore_core.catalogue import CATALOGUE, SHIPPED, is_here, is_named
from makemore_core.config import CHOICES, RunConfig
from makemore_core.data.own import own_names
from makemore_core.errors import InputError, choose_one_of, quoted
from makemore_core.knobs import Value, knobs_of
from makemore_core.presets import preset_named

VERSION = 1
OWN_PARAMETERS = ("v", "preset")  # besides the paths of settings
LONGEST_LINK = 2_000  # characters; some programs cut what is longer
MOST_SENTENCES = 5  # about what is wrong with a link
LONGEST_WORD = 60  # characters of a link that a sentence repeats
DATA = "data.dataset"


@dataclass(frozen=True)
class Shared:
    """What a link says: the preset, the settings, and the sentences on what could not be taken from it."""

    preset: str
    config: RunConfig
    sentences: tuple[str, ...] = ()


def settings_link(preset: str, config: RunConfig) -> dict[str, str]:
    """The parameters of a link that gives these settings wherever it is read: what differs from the preset alone.

    >>> settings_link("lecture2-mlp", preset_named("lecture2-mlp").config.with_texts({"model.n_hidden": "300"}))
    {'v': '1', 'preset': 'lecture2-mlp', 'model.n_hidden': '300'}
    """
    turned = portable(config).differences(preset_named(preset).config)
    return {"v": str(VERSION), "preset": preset} | {path: str(value) for path, value in turned.items()}


def read_settings(link: Mapping[str, str], otherwise: str) -> Shared:
    """The settings of a link's parameters; `otherwise` is the preset of one that names none that is known."""
    refused: dict[str, str] = {}
    name = link.get("preset", otherwise)
    try:
        preset_named(name)
    except InputError as error:
        refused["preset"], name = str(error), otherwise
    turned = {path: text for path, text in link.items() if path not in OWN_PARAMETERS}
    config = _with_what_holds(preset_on_data_here(name), turned, refused)
    if newer := _newer(link.get("v", str(VERSION))):
        unknown = ", ".join(map(quoted, list(refused)[:MOST_SENTENCES])) or "nothing"
        return Shared(name, config, (f"{newer} What this one does not understand was left out: {unknown}.",))
    sentences = [_short(sentence) for sentence in refused.values()]
    if len(sentences) > MOST_SENTENCES:
        more = f"{len(sentences) - MOST_SENTENCES:,} more settings of this link were left out."
        sentences = [*sentences[:MOST_SENTENCES], more]
    return Shared(name, config, tuple(sentences))


def _newer(version: str) -> str:
    """The sentence about a link that this lab may not understand as a whole; empty where it does."""
    if version.isdecimal() and 0 < int(version[:6]) <= VERSION:
        return ""
    return f"This link is of version {_short(version)!r}, and this Makemore Lab writes {VERSION}; update it."


def _with_what_holds(config: RunConfig, texts: Mapping[str, str], refused: dict[str, str]) -> RunConfig:
    """A config with those of the settings that can be; a sentence on each that cannot is added by its path."""
    for path in sorted(texts, key=lambda path: path not in CHOICES):  # a model before its knobs
        try:
            config = config.with_values({path: _parsed(config, path, texts[path])})
        except InputError as error:
            refused[path] = str(error)
    return config


def _parsed(config: RunConfig, path: str, text: str) -> Value:
    """A link chooses among the data sets that are here."""
    if path == DATA and not is_named(text):
        raise choose_one_of("data set", text, (*CATALOGUE, *own_names()))
    if path == DATA and text in CATALOGUE and not is_here(CATALOGUE[text]):
        raise InputError(f"The data set {text!r} is not on this machine; {config.data.dataset!r} stands in for it.")
    if path not in all_settings():  # the list of those there are is long
        raise InputError(f"Unknown setting {path!r}; it was left out.")
    if path in CHOICES:
        return text
    return config.knob_at(path).parse(text)


def _short(text: str) -> str:
    """A sentence that repeats no endless word of a link."""
    return " ".join(w if len(w) <= LONGEST_WORD else f"{w[:LONGEST_WORD]}…" for w in text.split(" "))


@cache
def all_settings() -> tuple[str, ...]:
    """Every setting that any run can have, by its path: choices, then their knobs, then what all runs have."""
    of_choices = (
        f"{part}.{k.name}" for part, table in CHOICES.items() for config in table.values() for k in knobs_of(config)
    )
    return tuple(dict.fromkeys((*CHOICES, *of_choices, *RunConfig().settings())))


def preset_on_data_here(name: str) -> RunConfig:
    """A preset's settings, on data that is here."""
    return on_data_here(preset_named(name).config)


def on_data_here(config: RunConfig) -> RunConfig:
    """The list that ships stands in for a data set of the catalogue that is not on this machine."""
    if is_here(CATALOGUE[config.data.dataset]):
        return config
    return config.with_values({DATA: SHIPPED})


def portable(config: RunConfig) -> RunConfig:
    """The same without the folders of this machine: a data set of a file is named by the file alone."""
    dataset = config.data.dataset
    return config if is_named(dataset) else config.with_values({DATA: Path(dataset).name})


def address(base: str, parameters: Mapping[str, str]) -> str:
    """The link itself, from where the dashboard is served."""
    return f"{base}?{urlencode(parameters, safe=',/:')}"


def words_of(text: str) -> tuple[str, ...]:
    """A parameter that lists names: `train,inside`."""
    return tuple(dict.fromkeys(word for part in text.split(",") if (word := part.strip())))


def known_words(what: str, words: Iterable[str], known: Iterable[str], sentences: list[str]) -> tuple[str, ...]:
    """Those of a list that are known; on the others one sentence is added."""
    names = frozenset(known)
    unknown = [_short(word) for word in words if word not in names]
    if unknown:
        sentences.append(f"Unknown {what} in this link: {', '.join(map(quoted, unknown[:MOST_SENTENCES]))}; left out.")
    return tuple(word for word in words if word in names)
