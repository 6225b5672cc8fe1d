"""The Runs page without a browser: every view for every kind of run, and what was interrupted is offered."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import RunState
from makemore_core.training.store import RunStore
from pages.ui.manager import acting_manager
from tests.conftest import wait_until
from tests.pages.conftest import Opener, widget
from tests.pages.test_pages import trained

PAGE = "pages/runs.py"
VIEWS = ("Table and curves", "Names side by side", "Differences")
STRANGE = ("añadir", "ёлка", "<b>x</b>", "*a*$x$", "🙂🙃") * 8


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_every_family(view: str, open_page: Opener, store_path: Path, config: RunConfig) -> None:
    families = [replace(config.with_values({"model": name}), max_steps=3) for name in ("bigram", "counting", "gru")]
    runs = [trained(store_path, each) for each in families]
    tab = open_page(PAGE, compare=view, runs=",".join(runs))
    assert_sound(tab)
    if view == "Differences":
        assert all(name in written(tab) for name in ("bigram", "counting", "gru"))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kind", ["words", "text"])
def test_other_alphabets_are_literal(
    view: str, kind: str, open_page: Opener, store_path: Path, config: RunConfig, tmp_path: Path
) -> None:
    path = tmp_path / "<b>list.txt"
    path.write_text("\n".join(STRANGE * 10))
    strange = replace(config, data=DataConfig(str(path), kind=kind), max_steps=5)
    runs = [trained(store_path, strange), trained(store_path, replace(strange, seed=1))]
    tab = open_page(PAGE, compare=view, runs=",".join(runs))
    assert_sound(tab)
    assert not any(markup in written(tab) for markup in ("<b>list", "<b>x</b>"))


def test_all_groups_and_axes_are_drawn(open_page: Opener, store_path: Path, config: RunConfig) -> None:
    for seed in (1, 2):
        trained(store_path, replace(config, seed=seed, max_steps=20))
    tab = open_page(PAGE)
    for group in ("", "all but the seed", "optimizer.learning_rate"):
        for axis in ("steps", "seconds", "examples", "parameters"):
            for split in ("val", "train"):
                turn(tab, runs_group=group, runs_axis=axis, runs_split=split)
                assert_sound(tab)


def test_trials_stand_aside_until_they_are_asked_for(open_page: Opener, store_path: Path, config: RunConfig) -> None:
    store = RunStore(store_path)
    manager = RunManager(store)
    runs = [manager.start(replace(config, max_steps=2), sweep=sweep) for sweep in ("", "calm-sweep", "calm-sweep")]
    wait_until(lambda: not any(run.is_alive for run in runs))
    store.close()
    tab = open_page(PAGE)
    assert "1 run" in captions(tab)
    which = widget(tab, "runs_which")
    assert which.options == ["Runs", "Runs and trials", "Trials of calm-sweep", "Deleted runs"]
    which.select("calm-sweep").run()
    assert "2 runs" in captions(tab)


def test_a_new_tab_shows_no_trial(open_page: Opener, config: RunConfig) -> None:
    trial = acting_manager().start(replace(config, max_steps=5), paused=True, sweep="calm-sweep")
    assert trial.is_alive
    assert "run" not in open_page(PAGE).query_params
    run = acting_manager().start(replace(config, max_steps=5), paused=True)
    acting_manager().start(replace(config, max_steps=5), paused=True, sweep="calm-sweep")
    assert open_page(PAGE).query_params["run"] == run.id


def test_a_trial_that_was_interrupted_is_not_offered(open_page: Opener, store_path: Path, config: RunConfig) -> None:
    interrupted(store_path, config)
    with closing(sqlite3.connect(store_path)) as db, db:
        db.execute("UPDATE runs SET sweep = 'calm-sweep', trial = 0")
    assert not any("was interrupted" in m.value for m in open_page(PAGE).markdown)


def test_a_link_names_runs_once_and_says_which_are_gone(open_page: Opener, store_path: Path, config: RunConfig) -> None:
    run = trained(store_path, replace(config, max_steps=2))
    store = RunStore(store_path)
    RunManager(store).rename(run, "by-hand")
    store.close()
    tab = open_page(PAGE, runs=f"{run},gone,by-hand,{run}")
    assert_sound(tab)
    assert tab.query_params["runs"] == run
    assert tab.info[0].value.replace("\\", "") == "Unknown run in this link: 'gone'; left out."
    assert "**1 chosen**" in [m.value for m in tab.markdown]


def test_what_was_deleted_is_called_by_its_name(open_page: Opener, store_path: Path, config: RunConfig) -> None:
    run = trained(store_path, replace(config, max_steps=2))
    store = RunStore(store_path)
    RunManager(store).rename(run, "by-hand")
    tab = open_page(PAGE, run=run, runs=run)
    tab.button(key="runs_delete").click().run()
    assert "Deleted by\\-hand." in [m.value for m in tab.markdown]
    tab.button(key="runs_undo").click().run()
    tab = open_page(run=run)
    RunManager(store).delete(run)
    store.close()
    assert "'by-hand' was deleted" in tab.run().info[0].value.replace("\\", "")


def test_a_sentence_about_a_choice_is_shown_at_once(open_page: Opener) -> None:
    """Not only when the page is drawn again for another reason."""
    tab = open_page(PAGE)
    tab.session_state["notices"] = ["First."]
    assert [info.value for info in tab.run().info] == ["First\\."]
    tab.session_state["rerun"] = True  # both, as by one press
    tab.session_state["notices"] = ["Second."]
    assert [info.value for info in tab.run().info] == ["Second\\."]


def test_a_filter_that_means_nothing_says_so(open_page: Opener, store_path: Path, config: RunConfig) -> None:
    trained(store_path, replace(config, max_steps=2))
    tab = open_page(PAGE)
    widget(tab, "runs_filter").input("vall < 2").run()
    assert_sound(tab)
    assert any("Unknown column" in caption for caption in captions(tab))
    widget(tab, "runs_filter").input("val < 100").run()
    assert "1 run" in captions(tab)


def test_deleting_can_be_undone(open_page: Opener, store_path: Path, config: RunConfig) -> None:
    runs = [trained(store_path, replace(config, max_steps=2)) for _ in range(2)]
    tab = open_page(PAGE, runs=",".join(runs))
    tab.button(key="runs_delete").click().run()
    assert "Deleted 2 runs." in [m.value for m in tab.markdown]
    assert stored(store_path) == set()
    tab.button(key="runs_undo").click().run()
    assert stored(store_path) == set(runs)
    assert tab.query_params["runs"] == ",".join(runs)


@pytest.mark.parametrize("path", [PAGE, "pages/inside.py"])
def test_an_interrupted_run_is_offered_once(path: str, open_page: Opener, store_path: Path, config: RunConfig) -> None:
    run = interrupted(store_path, replace(config, max_steps=40))
    tab = open_page(path)
    assert any(f"**{run}** was interrupted at step 0 of 40" in m.value for m in tab.markdown)
    tab.button(key="go_on_interrupted").click().run()
    assert not any("was interrupted" in m.value for m in tab.markdown)
    assert tab.query_params["run"] == run
    assert ended(store_path, run)


def test_who_does_not_want_to_go_on_is_not_asked_again(open_page: Opener, store_path: Path, config: RunConfig) -> None:
    interrupted(store_path, config)
    tab = open_page(PAGE)
    tab.button(key="not_now").click().run()
    tab.switch_page("pages/train.py").run()
    assert not any("was interrupted" in m.value for m in tab.markdown)


def interrupted(store_path: Path, config: RunConfig) -> str:
    """A run whose process was killed before it could save: alive by its state, and silent for long."""
    store = RunStore(store_path)
    manager = RunManager(store)
    run = manager.start(config, paused=True).id
    manager.close()
    store.close()
    with closing(sqlite3.connect(store_path)) as db, db:
        db.execute("UPDATE runs SET state = 'running', updated = updated - 60")
    return run


def ended(store_path: Path, run: str) -> bool:
    def is_over() -> bool:
        store = RunStore(store_path)
        state = store.run(run).progress.state
        store.close()
        return state == RunState.FINISHED

    wait_until(is_over)
    return True


def stored(store_path: Path) -> set[str]:
    store = RunStore(store_path)
    found = {row.id for row in store.runs()}
    store.close()
    return found


def turn(tab: AppTest, **choices: str) -> None:
    """What the widgets of these names choose, without a way through each of them."""
    tab.session_state["selected"] = tab.session_state["selected"] | choices
    tab.run()


def written(tab: AppTest) -> str:
    """All that a page writes as HTML."""
    return "".join(h.proto.body for h in tab.get("html"))


def captions(tab: AppTest) -> list[str]:
    return [caption.value for caption in tab.caption]


def assert_sound(tab: AppTest) -> None:
    assert [e.value for e in tab.exception] == []
    assert [e.value for e in tab.error] == []
