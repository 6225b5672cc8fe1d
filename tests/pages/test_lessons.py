"""The lessons on the pages, without a browser: the card moves on when its action is done, and progress is kept."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.lessons import LESSONS
from makemore_core.sources import PAGES, VIEWS
from tests.pages.conftest import APP, Opener, widget

OURS = ("take_home",)  # whose views are files, of no lecture
COUNTING, LESSONS_PAGE = "pages/counting.py", "pages/lessons.py"


def text(tab: AppTest) -> str:
    return "\n".join(m.value for m in tab.markdown)


def test_the_card_moves_on_with_the_action_and_shows_what_was_done(open_page: Opener) -> None:
    tab = open_page(COUNTING, lesson="lecture1.1")
    assert "2 of 9" in text(tab)
    widget(tab, "count_row").set_value("q").run()
    assert "3 of 9" in text(tab)
    assert ":material/check:" in text(tab)
    assert tab.query_params["lesson"] == "lecture1.2"


def test_what_was_done_before_waits_to_be_read(open_page: Opener) -> None:
    tab = open_page(COUNTING)
    widget(tab, "count_row").set_value("q").run()
    tab = open_page(COUNTING, lesson="lecture1.1")
    widget(tab, "count_row").set_value("q").run()
    tab.button(key="lesson_back").click().run()
    assert "2 of 9" in text(tab.run())
    assert tab.button(key="lesson_on").label == "Next"
    assert "3 of 9" in text(tab.button(key="lesson_on").click().run())


def test_skipping_is_not_doing_and_the_end_is_the_end(open_page: Opener) -> None:
    tab = open_page(COUNTING, lesson="lecture1.1")
    assert tab.button(key="lesson_on").label == "Skip"
    assert "3 of 9" in text(tab.button(key="lesson_on").click().run())
    assert ":material/check:" not in text(tab)
    tab.button(key="lesson_end").click().run()
    assert "3 of 9" not in text(tab)
    assert "lesson" not in tab.query_params


def test_progress_is_kept_for_another_tab_and_a_lesson_loads_its_settings(open_page: Opener) -> None:
    first = open_page(COUNTING, lesson="lecture1.1")
    widget(first, "count_row").set_value("q").run()
    tab = open_page(LESSONS_PAGE)
    assert tab.button(key="begin_lecture1").label == "Go on"
    tab.button(key="begin_lecture1").click().run()
    assert "3 of 9" in text(tab)
    assert tab.query_params["preset"] == LESSONS["lecture1"].preset


def test_a_challenge_says_what_is_missing(open_page: Opener) -> None:
    tab = open_page("pages/train.py", lesson="lecture2.9")
    assert "Reach a val under 2.2 within 60 seconds" in text(tab)
    assert "Nothing is measured yet" in text(tab)


@pytest.mark.parametrize("nasty", ["lecture1", "lecture1.-1", "<b>.1", "lecture99.1", "." * 99])
def test_an_address_that_names_no_station_shows_none(nasty: str, open_page: Opener) -> None:
    tab = open_page(COUNTING, lesson=nasty)
    assert [e.value for e in tab.exception] == []
    assert not [button for button in tab.button if button.key == "lesson_end"]


def test_a_page_that_a_link_put_away_is_said_to_be(open_page: Opener) -> None:
    tab = open_page("pages/train.py", lesson="lecture1.1", pages="train,lessons")
    assert "put Counting away" in text(tab)


def test_every_page_and_every_view_names_its_source() -> None:
    pages = re.findall(r'"pages/(\w+)\.py"', APP.read_text())
    assert set(pages) <= set(PAGES)
    named = {"session.INSIDE": "inside", "session.NEXT": "next_character"}
    for name in pages:
        code = Path(APP.parent / "pages" / f"{name}.py").read_text()
        group = re.search(r"choose_view\(([\w.\"]+)", code)
        views = re.findall(r'^    "([^"]+)": \w+\.draw', code, re.MULTILINE)
        if group and name not in OURS:
            page = named.get(group[1], group[1].strip('"'))
            assert {f"{page}/{view}" for view in views} <= set(VIEWS), name
