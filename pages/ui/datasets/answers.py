"""What the core says of a data set, worked out once for its content and shared by all tabs."""

import streamlit as st

from makemore_core.catalogue import CATALOGUE
from makemore_core.charts.datasets import first_letters_figure, lengths_figure, letters_figure, split_figure
from makemore_core.data.decoding import decode
from makemore_core.data.own import find_own
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.lint.checks import Finding, lint
from makemore_core.lint.facts import Facts, facts_of
from makemore_core.lint.material import Material, material_of
from makemore_core.lint.mends import Mended, mended


def facts(how: DataConfig) -> Facts:
    """Counts of the data set of a config."""
    return _facts(how, how.load().sha256)


@st.cache_data(max_entries=32, show_spinner=False)
def _facts(how: DataConfig, sha256: str) -> Facts:
    return facts_of(how.load())


def findings(how: DataConfig) -> tuple[Finding, ...]:
    """What lint finds in it."""
    return _findings(how, how.load().sha256)


@st.cache_data(max_entries=32, show_spinner="Looking for faults …")
def _findings(how: DataConfig, sha256: str) -> tuple[Finding, ...]:
    return lint(material_of(how))


def mend(how: DataConfig, names: tuple[str, ...]) -> Mended:
    """What some mends would make of it."""
    return _mended(how, how.load().sha256, names)


@st.cache_resource(max_entries=4, show_spinner=False)
def _mended(how: DataConfig, sha256: str, names: tuple[str, ...]) -> Mended:
    return mended(material_of(how), names)


def summary(name: str) -> str:
    """A line about a data set that is here: how many words, how many characters."""
    own = find_own(name)
    return _summary(name, own.sha256 if own else CATALOGUE[name].sha256)


@st.cache_data(max_entries=128, show_spinner=False)
def _summary(name: str, sha256: str) -> str:
    dataset = DataConfig(name).load()
    return counts_in_words(dataset, len(dataset.vocabulary))


def counts_in_words(dataset: Dataset, vocab_size: int) -> str:
    """`32,257 names, 27 characters`."""
    return f"{len(dataset.words):,} {dataset.noun}s, {vocab_size:,} characters"


@st.cache_data(max_entries=64, show_spinner=False)
def figures(facts: Facts, noun: str) -> dict[str, str]:
    """The charts of the facts, as JSON by name."""
    return {
        "lengths": str(lengths_figure(facts, noun).to_json()),
        "letters": str(letters_figure(facts).to_json()),
        "first_letters": str(first_letters_figure(facts, noun).to_json()),
    }


@st.cache_data(max_entries=64, show_spinner=False)
def split_bar(parts: dict[str, int], noun: str) -> str:
    """The chart of a split, as JSON."""
    return str(split_figure(parts, noun).to_json())


@st.cache_resource(max_entries=4, show_spinner="Reading …")
def added(content: bytes, name: str, kind: str, encoding: str) -> tuple[Material, int]:
    """A text that is about to be added, read as it would be kept, and how many faults it has.

    Raises InputError for what is none.
    """
    material = Material(name, decode(content, name, encoding), kind, DataConfig(kind=kind))
    return material, sum(finding.level > 0 for finding in lint(material))
