"""Every page, seen: useful before the first run, as wide as a phone, in light and dark, and literal about names."""

import pytest
from playwright.sync_api import ViewportSize, expect

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from tests.browser.lab import Lab
from tests.browser.server import Server
from tests.rounds import some

PATHS = (
    "/",
    "/inside",
    "/init_lab",
    "/embeddings",
    "/next_character",
    "/my_name",
    "/counting",
    "/backprop",
    "/minitorch",
    "/three_forms",
    "/datasets",
    "/search",
    "/runs",
)
OFTEN = ("/", "/inside", "/my_name", "/counting", "/minitorch", "/runs")
PHONE: ViewportSize = {"width": 390, "height": 844}
STRANGE = {"<b>x</b>": "/", "*a*$x$": "$", ":red[x]": ":"}  # the sentence names the first in the alphabet's order
MARKUP = ("<b>x</b>", "*a*$x$", ":red[x]", "a\\*b&lt;", "x<=y->z")


@pytest.mark.parametrize("path", some(PATHS, OFTEN))
def test_before_a_run_a_page_is_useful_follows_the_theme_and_fits_a_phone(path: str, lab: Lab):
    """One test, because opening a page takes longest."""
    lab.page.emulate_media(color_scheme="light")
    lab.open(path)
    expect(lab.page.get_by_text("Nothing trained yet")).to_be_visible()
    expect(lab.button("Play")).to_be_enabled()
    assert lab.page.locator(".live-chart svg.main-svg path, .recording svg path").count() > 0
    lab.page.wait_for_function(TEXT_IS, arg="dark")
    lab.page.emulate_media(color_scheme="dark")
    lab.page.wait_for_function(TEXT_IS, arg="bright")
    lab.page.set_viewport_size(PHONE)
    lab.page.wait_for_function(f"most => ({WIDEST})() <= most", arg=PHONE["width"])
    lab.page.wait_for_function(TITLES_END, arg=PHONE["width"])
    lab.wait_for_charts()


@pytest.mark.parametrize("path", ["/", "/next_character"])
def test_names_are_there_before_a_run_exists(path: str, lab: Lab):
    lab.open(path)
    assert lab.page.locator(".names p > *").count() >= 10


def test_a_strange_character_gets_one_sentence_that_names_it(lab: Lab):
    lab.open("/next_character")
    for name, character in STRANGE.items():
        lab.page.get_by_label("A name begins with", exact=True).fill(name)
        expect(lab.info.last).to_contain_text(f"The data set has no {character!r}")
        expect(lab.info.locator("b, em, .katex")).to_have_count(0)


def test_a_name_is_shown_as_it_is_typed(lab: Lab, run_on_markup: str):
    lab.open(f"/next_character?run={run_on_markup}")
    for name in MARKUP:
        lab.page.get_by_label("A name begins with", exact=True).fill(name)
        expect(lab.page.locator(".hero .letters b")).to_have_text([*name, "▏"])
        expect(lab.title_of("next_character")).to_contain_text(f"after “{name}”")
        facts = lab.page.locator(".st-key-next_facts")
        expect(facts.locator("b, em, .katex, [style*=color]")).to_have_count(0)


@pytest.fixture(scope="module")
def run_on_markup(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A finished run on words that are full of markup; the names that it invents are, too."""
    words = tmp_path_factory.mktemp("markup") / "words.txt"
    words.write_text("\n".join(("emma", *MARKUP) * 20))
    store = RunStore(server.store)
    run = RunManager(store).start(RunConfig(DataConfig(str(words)), MLPConfig(n_hidden=16), max_steps=20))
    run.join(timeout=None)
    store.close()
    return run.id


TEXT_IS = """wanted => [...document.querySelectorAll(".live-chart .gtitle")].every(title => {
  const [red] = getComputedStyle(title).fill.match(/[0-9]+/g);
  return wanted === (red < 128 ? "dark" : "bright");
})"""
TITLES_END = """most => [...document.querySelectorAll(".live-chart .gtitle")].every(
  title => title.getBoundingClientRect().right <= most)"""
WIDEST = """() => Math.max(...["stApp", "stMain", "stMainBlockContainer"].map(
  id => document.querySelector(`[data-testid=${id}]`).scrollWidth))"""
