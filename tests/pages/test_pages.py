"""What holds for every page of app.py, before the first run and with one in any state."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.optimizers import SGDConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from pages.ui.session import notices
from tests.conftest import wait_until
from tests.pages.conftest import APP, Opener, widget

PAGES = re.findall(r'"(pages/\w+\.py)"', APP.read_text())


def test_every_page_stands_in_the_navigation():
    assert sorted(PAGES) == sorted(f"pages/{path.name}" for path in (APP.parent / "pages").glob("*.py"))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_useful_before_a_run(path: str, open_page: Opener):
    tab = open_page(path)
    assert_sound(tab)
    assert "untrained" in standing(tab)
    assert not tab.button(key="play").disabled


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_a_finished_run(path: str, open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=40))
    tab = open_page(path, run=run)
    assert_sound(tab)
    assert "step **40** of 40" in standing(tab)
    assert widget(tab, "run_picker").value == run


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_why_a_run_failed(path: str, open_page: Opener, store_path: Path, config: RunConfig):
    wild = DeepMLPConfig(n_hidden=16, activation="relu", batch_norm=False)
    too_fast = replace(config, model=wild, optimizer=SGDConfig(100.0))
    tab = open_page(path, run=trained(store_path, too_fast))
    assert [e.value for e in tab.exception] == []
    assert len(tab.error) == 1
    assert "no longer a number" in tab.error[0].value


@pytest.mark.parametrize("path", PAGES)
def test_a_page_refuses_a_run_whose_words_have_changed(
    path: str, open_page: Opener, store_path: Path, config: RunConfig, tmp_path: Path
):
    words = tmp_path / "words.txt"
    words.write_text(Path(config.data.dataset).read_text())
    run = trained(store_path, replace(config.with_values({"data.dataset": str(words)}), max_steps=5))
    words.write_text(words.read_text() + "\nanother")
    tab = open_page(path, run=run)
    assert [e.value for e in tab.exception] == []
    assert all("has changed" in info.value for info in tab.info)


def test_a_notice_outlives_a_page_that_is_drawn_again_at_once(open_page: Opener, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(notices, "READ_WITHIN", 60.0)
    tab = open_page(run="no-such-run")
    first = [notice.value for notice in tab.info]
    assert "no\\-such\\-run" in first[0]
    assert [notice.value for notice in tab.run().info] == first
    monkeypatch.setattr(notices, "READ_WITHIN", 0.0)
    assert not tab.run().info


def test_a_notice_outlives_pages_that_are_not_drawn_to_their_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(st, "session_state", {})
    notices.notify("this", "that", "this")
    for _ in range(3):  # each of them began anew before its end
        assert notices.take_notices() == ["this", "that"]
    notices.notices_can_be_read()
    assert notices.take_notices() == []


def test_the_browsers_tab_says_which_page_is_open(open_page: Opener, monkeypatch: pytest.MonkeyPatch):
    titles: list[str] = []
    monkeypatch.setattr(st, "set_page_config", lambda page_title="", **look: titles.append(page_title))
    open_page("pages/take_home.py")
    assert titles[-1] == "Take it home · Makemore Lab"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_survives_the_deletion_of_its_run(path: str, open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=5))
    tab = open_page(path, run=run)
    store = RunStore(store_path)
    store.delete(run)
    store.close()
    tab.run()
    assert_sound(tab)
    assert "untrained" in standing(tab)
    assert "was deleted" in tab.info[0].value


def assert_sound(tab: AppTest) -> None:
    """A title, at least one chart, nothing that went wrong."""
    assert [e.value for e in tab.exception] == []
    assert [e.value for e in tab.error] == []
    assert len(tab.title) == 1
    assert len(tab.get("bidi_component")) > 0


def standing(tab: AppTest) -> str:
    """The lines of text, the bar's among them."""
    return "\n".join(m.value for m in tab.markdown)


def trained(store_path: Path, config: RunConfig) -> str:
    """A run that the core has trained to its end, in the pages' store."""
    store = RunStore(store_path)
    run = RunManager(store).start(config)
    wait_until(lambda: not run.is_alive)
    store.close()
    return run.id
