"""Take it home: one sentence before a run, and with one a file to download in each view."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.exports import FORMATS
from makemore_core.exports.kept import gather
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from tests.pages.conftest import LONGEST_RUN, Opener
from tests.pages.test_pages import assert_sound, trained

PAGE = "pages/take_home.py"
VIEWS = {"Run card": ["Run card"], "Numbers": ["CSV", "TensorBoard"], "Weights": ["Weights"], "Archive": ["Archive"]}


@pytest.mark.parametrize("view", VIEWS)
def test_before_a_run_it_says_what_to_press(view: str, open_page: Opener):
    tab = open_page(PAGE, take_home=view)
    assert_sound(tab)
    assert [info.value for info in tab.info] == [
        "There is nothing to take home yet: press Play, and come back when a few steps are done."
    ]
    assert not tab.get("download_button")


def first_steps() -> None:
    """A run that trains, before its first step is done: the kernel is being compiled, say."""
    from dataclasses import replace

    from makemore_core.training.recorder import RunState
    from pages.ui import session
    from pages.ui.take_home.files import is_there

    session.begin()
    snapshot = session.snapshot()
    is_there(replace(snapshot, progress=replace(snapshot.progress, state=RunState.RUNNING, step=0)))


def test_before_the_first_step_it_does_not_ask_to_press_play(store_path: Path, config: RunConfig):
    tab = AppTest.from_function(first_steps, default_timeout=LONGEST_RUN)
    tab.query_params["run"] = trained(store_path, replace(config, max_steps=2))
    assert "on their way" in tab.run().info[0].value


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_has_its_files(view: str, open_page: Opener, store_path: Path, config: RunConfig):
    tab = open_page(PAGE, run=trained(store_path, replace(config, max_steps=40)), take_home=view)
    assert_sound(tab)
    assert [button.proto.label for button in tab.get("download_button")] == VIEWS[view]


def test_files_bear_the_name_that_the_run_was_given(open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=5))
    named = {"Numbers": "by-hand.csv", "Weights": "by-hand.safetensors", "Code": "by-hand/by-hand.py"}
    for name in (run, "by-hand"):
        store = RunStore(store_path)
        manager = RunManager(store)
        manager.rename(run, name)
        kept = gather(manager, run)
        assert {format.file_name(kept) for format in FORMATS.values()} == {
            f"{name}{ending}" for ending in (".csv", "-tensorboard.zip", ".html", ".safetensors")
        }
        store.close()
        for view, said in named.items():
            tab = open_page(PAGE, run=run, take_home=view)
            assert any(said.replace("by-hand", name) in code.value for code in tab.code)


def test_the_numbers_are_those_of_the_store(open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=40))
    tab = open_page(PAGE, run=run, take_home="Numbers")
    store = RunStore(store_path)
    last = store.evaluations(run)[-8:]
    store.close()
    table = tab.dataframe[0].value
    assert list(table["val"]) == [e.val for e in reversed(last)]
    assert list(table["step"]) == [e.step for e in reversed(last)]


def test_a_step_whose_weights_were_not_kept_says_so(open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=40))
    store = RunStore(store_path)
    store._db.execute("DELETE FROM snapshots WHERE step = 7")
    store.close()
    tab = open_page(PAGE, run=run, step=7, take_home="Run card")
    assert "weights were not kept" in tab.info[0].value
    assert not tab.get("download_button")
