"""Each page, view and panel has a source that is there: a chapter at its time, a paper at its address."""

import re
from urllib.parse import urlparse

import pytest

from makemore_core.diagnostics import DIAGNOSTICS
from makemore_core.errors import InputError
from makemore_core.lectures import (
    GPT,
    LECTURE_1,
    LECTURE_2,
    LECTURE_3,
    LECTURE_4,
    LECTURE_5,
    MICROGRAD,
    Chapter,
    Lecture,
)
from makemore_core.sources import PAGES, PANELS, SOURCES, VIEWS, Source, in_words

LECTURES = (MICROGRAD, LECTURE_1, LECTURE_2, LECTURE_3, LECTURE_4, LECTURE_5, GPT)


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda lecture: lecture.number)
def test_chapters_come_one_after_the_other(lecture: Lecture) -> None:
    times = list(lecture.chapters.values())
    assert all(re.fullmatch(r"[0-2]:[0-5][0-9]:[0-5][0-9]", at) for at in times)
    assert times == sorted(set(times))


def test_a_link_leads_to_the_second() -> None:
    chapter = Chapter(LECTURE_3, "batch normalization: summary")
    assert (chapter.name, chapter.link) == ("Lecture 3, 1:03:07", "https://youtu.be/P6sfmUTpUmc?t=3787")


def test_a_lecture_as_a_whole_names_no_minute() -> None:
    assert (Chapter(LECTURE_3).name, Chapter(LECTURE_3).link) == ("Lecture 3", "https://youtu.be/P6sfmUTpUmc")


def test_a_chapter_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="Lecture 3 has no chapter 'adam'"):
        Chapter(LECTURE_3, "adam")


def test_every_diagnostic_says_where_it_comes_from() -> None:
    assert set(DIAGNOSTICS) <= set(PANELS)
    assert all(in_words(PANELS[name]) for name in PANELS)


@pytest.mark.parametrize("name", SOURCES)
def test_papers_and_videos_have_addresses(name: str) -> None:
    for link in re.findall(r"\]\((.*?)\)", in_words(SOURCES[name])):
        assert urlparse(link).scheme == "https"


def test_nothing_has_no_words() -> None:
    assert in_words(Source()) == ""


def test_no_page_view_and_panel_share_a_name():
    assert len(SOURCES) == len(PAGES) + len(VIEWS) + len(PANELS)
