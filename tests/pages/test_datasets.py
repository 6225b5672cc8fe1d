"""The Datasets page without a browser: look, split, mend, keep, delete, bring back, fetch, and links with own data."""

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core import catalogue
from makemore_core.catalogue import CATALOGUE, SHIPPED
from makemore_core.config import RunConfig
from makemore_core.data.own import deleted_names, keep, own_names
from makemore_core.datasets import load_dataset
from tests.data.odd_files import CYRILLIC, HOSTILE, TEXT
from tests.pages.conftest import Opener
from tests.pages.test_pages import trained
from tests.pages.test_settings import settings

PAGE = "pages/datasets.py"
NAMES = "".join(f"{name}\n" for name in (*CYRILLIC, "анна", "ева\u200b"))


@pytest.fixture
def own() -> str:
    return keep("имена", NAMES, "words", "names.txt", tuple(CATALOGUE)).name


def view(tab: AppTest, name: str) -> AppTest:
    control = next(group for group in tab.button_group if (group.key or "").startswith("data_view"))
    return control.set_value(name).run()


def radio(tab: AppTest) -> Any:
    """The list of data sets."""
    return next(r for r in tab.radio if (r.key or "").startswith("data_set"))


def text_of(tab: AppTest) -> str:
    return "\n".join(m.value for m in tab.markdown)


def sound(tab: AppTest) -> AppTest:
    assert [e.value for e in (*tab.exception, *tab.error, *tab.info)] == []
    return tab


def test_every_data_set_can_be_looked_at(open_page: Opener, own: str):
    keep("plays", TEXT, "text", "plays.txt")
    keep("hostile", "".join(f"{name}\n" for name in HOSTILE), "words", "hostile.txt")
    tab = open_page(PAGE)
    assert [o.replace("\\", "") for o in radio(tab).options] == [*CATALOGUE, "hostile", "plays", "имена"]
    for name in ("hostile", "plays", "имена", "python-docs"):
        sound(radio(tab).set_value(name).run())
        dataset = load_dataset(name)
        assert f"{len(dataset.words):,} {dataset.noun}s" in text_of(tab)
        for other in ("Split", "Lint", "Look"):
            sound(view(tab, other))


def test_train_on_this_makes_it_that_of_the_next_run(open_page: Opener, own: str):
    tab = open_page(PAGE)
    radio(tab).set_value(own).run()
    tab.button(key="train_on").click().run()
    assert settings(sound(tab))["data.dataset"] == own
    assert tab.query_params["data.dataset"] == own


def test_locked_data_leave_the_run_where_it_is(open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=2))
    tab = open_page(PAGE, run=run, lock="data.dataset")
    tab.button(key="train_on").click().run()
    assert "is set by your teacher" in tab.info[0].value
    assert tab.query_params["run"] == run


def test_a_link_names_own_data_but_never_a_path(open_page: Opener, own: str, tmp_path: Path):
    assert settings(open_page(**{"data.dataset": own}))["data.dataset"] == own
    path = tmp_path / "names.txt"
    path.write_text(NAMES)
    for text in (str(path), "../data-sets/имена", f"{own}/content.txt"):
        tab = open_page(**{"data.dataset": text})
        assert settings(tab)["data.dataset"] != text
        assert "Unknown data set" in tab.info[0].value


def test_the_split_turns_the_knobs_of_the_next_run(open_page: Opener):
    tab = view(open_page(PAGE), "Split")
    slider = next(s for s in tab.slider if (s.key or "").startswith("split.DataConfig.train_share"))
    sound(slider.set_value(0.5).run())
    assert settings(tab)["data.train_share"] == 0.5
    assert tab.query_params["data.train_share"] == "0.5"


def test_shares_that_leave_nothing_get_one_sentence(open_page: Opener):
    tab = open_page(PAGE, **{"data.train_share": 0.95, "data.val_share": 0.2})
    assert [e.value for e in tab.exception] == []
    assert any("Train, val and test each need a word" in info.value for info in tab.info)


def test_a_mend_shows_what_it_changes_before_it_is_kept(open_page: Opener, own: str):
    tab = open_page(PAGE)
    radio(tab).set_value(own).run()
    view(tab, "Lint")
    tab.button(key="mend-duplicates").click().run()
    tab.button(key="mend-invisible").click().run()
    assert "13 lines become 12, 1 of them change." in text_of(sound(tab))
    assert own_names() == [own]
    tab.button(key="keep_mended_name").click().run()
    assert own_names() == [own, "имена-mended"]
    assert load_dataset("имена-mended").words == (*CYRILLIC, "ева")
    assert radio(sound(tab)).value == "имена-mended"


def test_a_knob_can_mend_too(open_page: Opener):
    tab = view(open_page(PAGE, **{"data.shuffles": 0}), "Lint")
    tab.button(key="turn-order").click().run()
    assert settings(sound(tab))["data.shuffles"] == 1


def test_a_deletion_is_undone(open_page: Opener, own: str):
    tab = open_page(PAGE, **{"data.dataset": own})
    tab.button(key="delete_data").click().run()
    assert own_names() == []
    assert settings(sound(tab))["data.dataset"] == SHIPPED
    tab.button(key=f"back-{own}").click().run()
    assert (own_names(), deleted_names()) == ([own], [])
    assert radio(sound(tab)).value == own


def test_a_paste_is_previewed_and_kept(open_page: Opener):
    tab = open_page(PAGE)
    tab.button(key="add_data").click().run()
    way = next(group for group in tab.button_group if (group.key or "").startswith("own_way"))
    way.set_value("Paste it").run()
    tab.text_area[0].set_value("анна\n<b>x</b>").run()
    assert "has 2 words; at least 10 are needed" in tab.warning[0].value
    tab.text_area[0].set_value(NAMES).run()
    assert text_of(sound(tab)).count("13 names, ") == 1
    assert own_names() == []
    next(t for t in tab.text_input if (t.key or "").startswith("own_name")).set_value("a/b").run()
    tab.button(key="keep_own_name").click().run()
    assert "has 1 to 40 letters, digits and hyphens" in tab.info[0].value
    next(t for t in tab.text_input if (t.key or "").startswith("own_name")).set_value("мои").run()
    tab.button(key="keep_own_name").click().run()
    assert own_names() == ["мои"]
    assert radio(sound(tab)).value == "мои"


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with nothing but the list that ships; the others come from a folder, as if from the network."""
    folder, public = tmp_path / "data", tmp_path / "public"
    folder.mkdir()
    public.mkdir()
    shutil.copy(catalogue.DATA_FOLDER / CATALOGUE[SHIPPED].file, folder)
    shutil.copy(catalogue.DATA_FOLDER / CATALOGUE[SHIPPED].file, public / "names.txt")
    monkeypatch.setattr(catalogue, "DATA_FOLDER", folder)
    monkeypatch.delenv("MAKEMORE_DATA", raising=False)
    about = {"address": (public / "names.txt").as_uri(), "sha256": CATALOGUE[SHIPPED].sha256}
    monkeypatch.setitem(CATALOGUE, "names", replace(CATALOGUE["names"], **about))
    return folder


def until(tab: AppTest, holds: Callable[[AppTest], bool]) -> None:
    """Refresh the page, as its timer does, until something holds."""
    end = time.monotonic() + 20
    while not holds(tab.run()):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_missing_data_set_is_fetched_and_then_looked_at(open_page: Opener, empty_folder: Path):
    tab = open_page(PAGE)
    radio(tab).set_value("names").run()
    assert "It is not on this machine" in text_of(sound(tab))
    tab.button(key="fetch-begin").click().run()
    until(tab, lambda tab: "32,257 names" in text_of(tab))
    assert (empty_folder / "names.txt").exists()


def test_a_fetch_that_fails_says_why_and_can_be_tried_again(
    open_page: Opener, empty_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(CATALOGUE, "names", replace(CATALOGUE["names"], sha256="0" * 64))
    tab = open_page(PAGE)
    radio(tab).set_value("names").run()
    tab.button(key="fetch-begin").click().run()
    until(tab, lambda tab: bool(tab.error))
    assert "nothing was kept" in tab.error[0].value.replace("\\", "")
    assert tab.button(key="fetch-begin").label == "Try again"
    assert not (empty_folder / "names.txt").exists()
