"""Fuzzed addresses: each tab that is opened by one has sound settings, and a sentence on what could not be taken."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.presets import PRESETS
from makemore_core.sharing import MOST_SENTENCES, all_settings
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from pages.ui import session
from tests.reliability.fuzzing import NASTY, assert_one_sentence, damaged_text
from tests.reliability.test_fuzz_configs import TEXTS, is_sound

PAGES = {"train": "Train", "inside": "Inside", "runs": "Runs"}
STREAMLITS = ("embed", "embed_options")  # which it lets no program set
LONGEST = 1_800.0  # seconds
AT_A_TIME = 1_000  # what many of them leave in memory slows down the others


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: RunConfig) -> Iterator[str]:
    """A run that links may name."""
    monkeypatch.setenv("MAKEMORE_STORE", str(tmp_path / "runs.sqlite"))
    st.cache_resource.clear()
    store = RunStore(tmp_path / "runs.sqlite")
    run = RunManager(store).start(config.with_values({"max_steps": 3}))
    run.join(None)
    store.close()
    yield run.id
    st.cache_resource.clear()


def test_every_fuzzed_address_opens_a_sound_tab(amount: Callable[[int, int], int], run: str) -> None:
    """Each in a new tab: what the page reads first, and the address that it writes from that."""
    for begin in range(0, amount(1_000, 100_000), AT_A_TIME):
        links = [fuzzed_link(random.Random(seed), run) for seed in range(begin, begin + AT_A_TIME)]
        tab = AppTest.from_function(open_tabs, default_timeout=LONGEST, args=(links, PAGES)).run()
        assert [e.value for e in tab.exception] == []
        opened = tab.session_state["opened"]
        assert len(opened) == len(links)
        assert any(not sentences for _, sentences, _ in opened)
        for link, seen in zip(links, opened, strict=True):
            assert_is_sound(link, *seen)


def assert_is_sound(link: dict[str, str], draft: dict[str, Any], sentences: list[str], again: object) -> None:
    is_sound(RunConfig.from_dict(draft["config"]))
    assert len(sentences) < MOST_SENTENCES + 8, link
    for sentence in sentences:
        assert_one_sentence(sentence)
    assert again == (draft, []), link  # what it writes is understood as a whole


def open_tabs(links: list[dict[str, str]], pages: dict[str, str]) -> None:
    """What a page does first with an address; and once more with the address that it has written."""
    import time

    import streamlit as st

    from pages.ui import session

    def opened() -> tuple[object, list[str]]:
        st.session_state.clear()
        started = time.thread_time()
        session.begin()
        session.read_limits(pages)
        session.publish()
        assert time.thread_time() - started < 1
        return st.session_state["draft"], st.session_state.get("notices", [])

    found: list[Any] = []
    for link in links:
        st.query_params.from_dict(link)
        first = opened()
        found.append((*first, opened()))
    st.session_state["opened"] = found


def fuzzed_link(dice: random.Random, run: str) -> dict[str, str]:
    """A preset, settings and parameters of the page, some of them damaged."""
    link = {
        "v": "1",
        "preset": dice.choice(sorted(PRESETS)),
        **dict(dice.sample(sorted(dice.choice(TEXTS).items()), 3)),
    }
    known = {"run": run, "runs": f"{run},{run}", "step": "2", "layer": "hidden", "pages": "train,inside", "lock": "all"}
    for _ in range(dice.randrange(3)):
        name = dice.choice(session.OWN_PARAMETERS)
        link[name] = known.get(name, "x")
    for _ in range(dice.randrange(4)):
        name = dice.choice((*link, *all_settings(), *session.OWN_PARAMETERS, dice.choice(NASTY)))
        link[name] = dice.choice((dice.choice(NASTY), damaged_text(link.get(name, name), dice)))
    return {name: text for name, text in link.items() if name.lower() not in STREAMLITS}
