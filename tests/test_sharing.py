"""Links: what is written is read again to the same settings, and a bad word costs a sentence and nothing else."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.catalogue import SHIPPED
from makemore_core.config import RunConfig
from makemore_core.presets import PRESETS
from makemore_core.sharing import (
    LONGEST_LINK,
    MOST_SENTENCES,
    VERSION,
    address,
    all_settings,
    preset_on_data_here,
    read_settings,
    settings_link,
    words_of,
)
from tests.strategies import run_configs

FIRST = "lecture3-kaiming"


@given(run_configs(), st.sampled_from(sorted(PRESETS)))
def test_a_link_gives_the_same_settings_wherever_it_is_read(config: RunConfig, preset: str):
    config = config.with_values({"data.dataset": SHIPPED})
    link = address("http://lab:8501/", settings_link(preset, config))
    assert len(link) < LONGEST_LINK
    shared = read_settings(dict(parse_qsl(urlsplit(link).query)), FIRST)
    assert (shared.preset, shared.config, shared.sentences) == (preset, config, ())


def test_a_link_says_only_what_was_turned():
    config = PRESETS[FIRST].config
    assert settings_link(FIRST, config) == {"v": str(VERSION), "preset": FIRST}
    assert settings_link(FIRST, config.with_values({"seed": 7})) == {"v": "1", "preset": FIRST, "seed": "7"}


@pytest.mark.parametrize("version", [{}, {"v": "1"}])
def test_a_link_of_the_first_version_keeps_working(version: dict[str, str]):
    link = {"preset": "lecture3-batchnorm", "model.n_hidden": "300", "optimizer": "adam", **version}
    shared = read_settings(link, FIRST)
    expected = preset_on_data_here("lecture3-batchnorm").with_values({"model.n_hidden": 300, "optimizer": "adam"})
    assert (shared.config, shared.sentences) == (expected, ())


@pytest.mark.parametrize("version", ["2", "99999999999999999999", "0", "-1", "x", ""])
def test_a_link_of_another_version_is_opened_as_far_as_understood(version: str):
    link = {"v": version, "preset": "lecture3-batchnorm", "seed": "7", "model.new_knob": "1", "n": "2"}
    shared = read_settings(link, FIRST)
    assert (shared.preset, shared.config.seed, len(shared.sentences)) == ("lecture3-batchnorm", 7, 1)
    assert "'model.new_knob', 'n'" in shared.sentences[0]


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("preset", "nope", "Unknown preset 'nope'"),
        ("model.n_hidden", "1e9", "4 <= n_hidden <= 1024"),
        ("model.n_hidden", "many", "takes a whole number"),
        ("optimizer.learning_rate", "nan", "must hold"),
        ("optimizer", "nope", "Unknown optimizer 'nope'"),
        ("data.dataset", "/etc/passwd", "Unknown data set '/etc/passwd'"),
        ("data.dataset", "../data/us-names-2018.txt", "Unknown data set"),
        ("no.such", "1", "Unknown setting 'no.such'"),
        ("model.n_head", "2", "Unknown setting 'model.n_head'"),
        ("x" * 10_000, "y" * 10_000, "Unknown setting 'xxx"),
    ],
)
def test_a_bad_word_costs_one_sentence_and_the_rest_holds(path: str, text: str, told: str):
    shared = read_settings({"preset": FIRST, path: text, "seed": "7"}, FIRST)
    assert len(shared.sentences) == 1
    assert told in shared.sentences[0]
    assert len(shared.sentences[0]) < 2_500  # the presets' names alone are 700 characters
    assert shared.config == preset_on_data_here(FIRST).with_values({"seed": 7})


def test_a_thousand_bad_words_cost_a_handful_of_sentences():
    shared = read_settings({f"no.{i}": "1" for i in range(1_000)} | {"seed": "7"}, FIRST)
    assert len(shared.sentences) == MOST_SENTENCES + 1
    assert "995 more" in shared.sentences[-1]
    assert shared.config.seed == 7


def test_a_link_names_no_folder_of_this_machine():
    config = PRESETS[FIRST].config.with_values({"data.dataset": "/home/ada/words.txt"})
    assert settings_link(FIRST, config)["data.dataset"] == "words.txt"


def test_every_setting_of_every_preset_is_known():
    for preset in PRESETS.values():
        assert set(preset.config.settings()) <= set(all_settings())


def test_a_list_of_words_is_read_once_each():
    assert words_of(" train,inside,, train ") == ("train", "inside")
