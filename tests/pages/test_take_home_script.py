"""The script on the page Take it home: of the draft, of a run, of a changed run, and why there is none."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.eject import eject_settings
from makemore_core.engines.products import is_available
from makemore_core.models import MODELS
from makemore_core.presets import preset_named
from tests.pages.conftest import LONGEST_RUN
from tests.pages.test_pages import trained


def section() -> None:
    """The section by itself, as live() draws it."""
    from pages.ui import session
    from pages.ui.page import or_say_why_not
    from pages.ui.take_home import script

    session.begin()
    or_say_why_not(lambda: script.draw(session.snapshot()))


def opened(**parameters: str) -> AppTest:
    tab = AppTest.from_function(section, default_timeout=LONGEST_RUN)
    tab.query_params.update(parameters)
    return tab.run()


def test_before_the_first_run_it_is_the_drafts(store_path: Path) -> None:
    tab = opened(preset="lecture3-deep", **{"data.dataset": "us-names-2018"})
    config = preset_named("lecture3-deep").config.with_values({"data.dataset": "us-names-2018"})
    assert not tab.exception
    assert tab.code[0].value == "python lecture3-deep/lecture3-deep.py"
    assert tab.code[1].value == eject_settings(config, "lecture3-deep").script.rstrip()


@pytest.mark.parametrize("model", ["counting", *(pytest.param(m, marks=pytest.mark.long) for m in list(MODELS)[1:])])
def test_each_model_has_its_script(model: str, store_path: Path, config: RunConfig) -> None:
    run = trained(store_path, config.with_values({"model": model, "max_steps": 2, "engine": "autograd"}))
    tab = opened(run=run)
    assert not tab.exception
    assert tab.code[1].value.startswith(f'"""{run}: ')
    assert "max_steps = 2 " in tab.code[1].value


@pytest.mark.skipif(not is_available(), reason="Without Numba the reference trains.")
@pytest.mark.parametrize(("model", "engine"), [("mlp", "compiled"), ("transformer", "fused")])
def test_another_engine_than_the_reference_is_named(model: str, engine: str, store_path: Path) -> None:
    by_auto = opened(model=model, engine="auto").caption[0].value
    assert f"engine `{engine}`" in by_auto
    assert "with engine `autograd`" in by_auto
    assert "rounds" not in opened(model=model, engine="autograd").caption[0].value


def test_counts_are_the_same_on_any_engine(store_path: Path) -> None:
    assert "rounds" not in opened(model="counting", engine="auto").caption[0].value


def test_a_run_whose_data_are_gone_has_one_sentence(store_path: Path, config: RunConfig, tmp_path: Path) -> None:
    words = tmp_path / "mine.txt"
    words.write_bytes(Path(config.data.dataset).read_bytes())
    settings = {"data.dataset": str(words), "max_steps": 2, "engine": "autograd"}
    run = trained(store_path, config.with_values(settings))
    words.unlink()
    tab = opened(run=run)
    assert not tab.exception
    assert not tab.code
    assert "There is no data set or file" in tab.info[0].value.replace("\\", "")
