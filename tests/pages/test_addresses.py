"""Addresses that nobody should type: whatever a parameter of the pages says, each page is sound."""

from dataclasses import replace
from pathlib import Path

import pytest

from makemore_core.config import RunConfig
from pages.ui import session
from pages.ui.limits import PAGES, PRESET
from tests.pages.conftest import Opener
from tests.pages.test_pages import PAGES as ALL_PAGES
from tests.pages.test_pages import trained
from tests.reliability.fuzzing import NASTY

STREAMLITS = ("embed", "embed_options")  # its own, which it reads before the page does
PARAMETERS = tuple(name for name in (*session.OWN_PARAMETERS, PRESET, "v") if name not in STREAMLITS)
READERS = {parameter: f"pages/{page}.py" for page, parameter in session.VIEW_PARAMETERS.items()} | {
    "layer": "pages/inside.py",
    session.RUNS: "pages/runs.py",
    "compare": "pages/runs.py",
    "sweep": "pages/search.py",
    "exercise": "pages/backprop.py",
    "lesson": "pages/lessons.py",
}


def assert_no_exception(open_page: Opener, page: str, parameters: dict[str, str]) -> None:
    tab = open_page(page, **parameters)
    assert [e.value for e in tab.exception] == [], parameters
    assert [e.value for e in tab.error] == [], parameters
    assert len(tab.title) == 1
    assert len(tab.info) <= len(PARAMETERS)


@pytest.mark.parametrize(("i", "nasty"), list(enumerate(NASTY))[::4])
def test_all_parameters_may_be_nasty_at_once(i: int, nasty: str, open_page: Opener) -> None:
    parameters = dict.fromkeys((*PARAMETERS, *STREAMLITS, nasty, "data.dataset", "model"), nasty)
    assert_no_exception(open_page, ALL_PAGES[i % len(ALL_PAGES)], parameters)


@pytest.mark.long
@pytest.mark.parametrize("parameter", [*PARAMETERS, *STREAMLITS])
def test_each_parameter_may_be_nasty(parameter: str, open_page: Opener, store_path: Path, config: RunConfig) -> None:
    """Beside a run that there is, on the page that reads it."""
    run = trained(store_path, replace(config, max_steps=20))
    page = READERS.get(parameter, "pages/train.py")
    for nasty in NASTY:
        assert_no_exception(open_page, page, {"run": run, parameter: nasty})


def test_a_page_may_be_put_away_by_a_nasty_list(open_page: Opener) -> None:
    for nasty in NASTY[:: len(NASTY) // 3]:
        assert_no_exception(open_page, "pages/counting.py", {PAGES: f"{nasty},counting"})
