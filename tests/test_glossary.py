"""The glossary: every term is one sentence, stands where it says in the code, and knows the number of a run."""

import re
from dataclasses import replace

import pytest

from makemore_core.config import CHOICES, RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics import DIAGNOSTICS
from makemore_core.glossary import GLOSSARY, GROUPS, PANELS, Here, found_in, search
from makemore_core.glossary.knobs import knob_name, knob_terms
from makemore_core.glossary.panels import panel_of
from makemore_core.glossary.place import ROOT, place_of
from makemore_core.glossary.term import slug_of
from makemore_core.models.transformer import TransformerConfig
from makemore_core.sharing import all_settings
from makemore_core.training.untrained import untrained_snapshot

each_group = pytest.mark.parametrize("group", GROUPS)


def here(config: RunConfig) -> Here:
    return Here(config, untrained_snapshot(config), config.data.load())


@each_group
def test_a_term_is_a_sentence_and_what_it_refers_to_is_there(group: str) -> None:
    for term in GROUPS[group]:
        assert re.fullmatch(r"[a-z0-9-]+", term.slug)
        assert term.about.rstrip(")").endswith(".")
        assert set(term.related) <= {other.name for other in GLOSSARY.values()}, term.name
        if term.code:
            place, name = place_of(term.code), re.split(r"[:.]", term.code)[-1]
            assert re.search(rf"(def|class) {name}\b", place.text), term.name
            line = (ROOT / place.file).read_text().splitlines()[place.line - 1]
            assert line.strip() == place.text.partition("\n")[0]


@each_group
def test_a_number_of_a_run_is_words_or_nothing(group: str, data: DataConfig) -> None:
    for model in (RunConfig().model, TransformerConfig(n_layers=1, n_embd=8)):
        run = here(RunConfig(data, model))
        told = {term.name: term.number(run) for term in GROUPS[group] if term.number}
        assert not {name for name, number in told.items() if "nan" in number}


def test_no_two_terms_share_a_name_or_a_spelling() -> None:
    assert len(GLOSSARY) == sum(map(len, GROUPS.values()))
    spellings = [word.lower() for term in GLOSSARY.values() for word in term.words]
    assert len(spellings) == len(set(spellings))


def test_every_knob_has_an_entry_with_its_own_help() -> None:
    assert {term.name for term in knob_terms()} == {knob_name(path) for path in {*all_settings()} - {*CHOICES}}
    config = RunConfig()
    for path in config.settings().keys() - {*CHOICES}:
        assert config.knob_at(path).help in GLOSSARY[slug_of(knob_name(path))].about


def test_every_diagnostic_has_a_panel() -> None:
    assert all(GLOSSARY[panel_of(name)].about == DIAGNOSTICS[name].about for name in DIAGNOSTICS)
    assert {term.name for term in GROUPS[PANELS]} >= {f"Panel · {d.title}" for d in DIAGNOSTICS.values()}


def test_numbers_are_those_of_the_run(data: DataConfig) -> None:
    run = here(RunConfig(data, batch_size=96))
    told = {slug: term.number(run) for slug, term in GLOSSARY.items() if term.number}
    assert told["vocabulary"].startswith("13 characters")  # 12 letters and the dot
    assert told["blind-guess"] == "ln 13 = 2.565 nats"
    assert told["batch"] == "96 examples"
    assert told["knob-model-n-hidden"] == "200 (of 4 to 1,024; usually 200)"
    assert told["learning-rate"] == "0.1 at step 0"
    assert told["leak"] == "0.0% of val also stands in train"
    assert GLOSSARY["leak"].number(here(RunConfig(replace(data, copies=10)))) == "100.0% of val also stands in train"  # type: ignore[misc]


def test_a_text_is_cut_at_its_terms_each_once_and_nothing_is_lost() -> None:
    text = (
        "41% of tanh2 is saturated. The gradient norm, the gradient and the Gradient: lower the gain, or add BatchNorm."
    )
    pieces = list(found_in(text))
    assert "".join(words for words, _ in pieces) == text
    assert [(words, term.name) for words, term in pieces if term] == [
        ("saturated", "Saturation"), ("gradient norm", "Gradient norm"), ("gradient", "Gradient"),
        ("gain", "Kaiming gain"), ("BatchNorm", "BatchNorm"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first"), [("satur", "Saturation"), ("n_hidden", "Hidden layer"), ("kaiming", "Kaiming gain")]
)
def test_what_is_typed_is_found(text: str, first: str) -> None:
    assert first in [term.name for term in search(text)[:6]]
