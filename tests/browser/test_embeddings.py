"""The Embeddings page in a real browser: letters glide, a click finds neighbours, maps do not block, movies play.

On real runs: of names, of Cyrillic names, of a text, and one with 200 snapshots.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, ViewportSize, expect

from makemore_core.catalogue import SHIPPED
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics import measured
from makemore_core.inspection.vectors import CHARACTERS, plain_vectors
from makemore_core.models.mlp import MLPConfig
from makemore_core.presets import preset_named
from makemore_core.projections.movie import movie
from makemore_core.projections.neighbourhoods import neighbours
from makemore_core.projections.plane import project
from makemore_core.projections.recipe import Recipe
from makemore_core.tasks import Report
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import Observation, Progress, Recorder, RunState
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import Trainer
from tests.browser.lab import SMALL, Lab
from tests.browser.server import Server

PHONE: ViewportSize = {"width": 390, "height": 844}
SNAPSHOTS = 200
SMOOTH = 20  # frames a second, beside whatever else the machine does
MLP = {"model.n_hidden": 32, "max_steps": 300, "data.dataset": SHIPPED}
GPT = {"model.n_layers": 1, "model.n_embd": 16, "max_steps": 20, "data.dataset": "python-docs", "batch_size": 8}
CYRILLIC = ("юлия", "ёлка", "щука", "анна", "иван", "мария", "дарья", "фёдор", "эмма", "хитрый", "цапля", "жук")


@pytest.fixture(scope="module")
def store(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunStore]:
    """The store of four finished runs: `names`, `cyrillic`, `text` (a Transformer), and `long` with 200 snapshots."""
    store = RunStore(server.store)
    manager = RunManager(store)
    words = tmp_path_factory.mktemp("cyrillic") / "слова.txt"
    words.write_text("\n".join(CYRILLIC * 5), encoding="utf-8")
    cyrillic = RunConfig(DataConfig(str(words)), MLPConfig(n_hidden=16, n_embd=8), max_steps=60)
    configs = {
        "names": preset_named("lecture3-kaiming").config.with_values(MLP),
        "cyrillic": cyrillic,
        "text": preset_named("makemore-transformer").config.with_values(GPT),
    }
    for name, config in configs.items():
        manager.start(config, name=name).join(timeout=None)
    film(manager, store)
    yield store
    store.close()


def film(manager: RunManager, store: RunStore) -> None:
    """A run that kept its state after each of its 200 steps, as the store keeps it."""
    config = RunConfig(DataConfig(SHIPPED), MLPConfig(n_hidden=16, n_embd=8), max_steps=SNAPSHOTS)
    manager.start(config, name="long").join(timeout=None)
    trainer, progress = Trainer(config, config.data.load()), Progress().within(config)
    recorder = Recorder("long", progress)
    for _ in range(SNAPSHOTS):
        step = trainer.step()
        state = {name: tensor.clone() for name, tensor in trainer.here().items()}
        recorder.observed(Observation(step.number, measured(step), state), True, {})
    store.save("long", store.run("long").progress, recorder.changes(), trainer.here())
    assert store.run("long").progress.state == RunState.FINISHED
    assert len(store.snapshot_steps("long")) == SNAPSHOTS


def vectors(store: RunStore, run: str, step: int | None = None) -> tuple[np.ndarray, tuple[str, ...]]:
    trained = RunManager(store).trained_model(run, step)
    return plain_vectors(trained.model, CHARACTERS), trained.dataset.vocabulary.itos


class Map:
    """The canvas of letters, and what it has been told."""

    def __init__(self, lab: Lab) -> None:
        self.page: Page = lab.page
        self.root: Locator = lab.page.locator(".letter-map")
        self.title: Locator = self.root.locator("header b")

    def ready(self) -> "Map":
        """Once it has been drawn and its letters stand still."""
        self.page.wait_for_function(STILL)
        return self

    @property
    def points(self) -> np.ndarray:
        """Where the letters stand (N, 2), in the map's own units."""
        self.ready()
        return np.array(self.page.evaluate("[...document.querySelector('.letter-map').letterMap.now]")).reshape(-1, 2)

    @property
    def labels(self) -> list[str]:
        return self.page.evaluate("document.querySelector('.letter-map').letterMap.data.labels")

    def on_screen(self, i: int) -> tuple[float, float]:
        """Where letter i stands in the window, in pixels."""
        self.ready()
        self.root.locator("canvas").scroll_into_view_if_needed()
        x, y = self.page.evaluate(ON_SCREEN, i)
        return x, y

    def click(self, i: int) -> None:
        self.page.mouse.click(*self.on_screen(i))

    def lasso(self, i: int, radius: float = 14) -> None:
        """Draw around letter i."""
        x, y = self.on_screen(i)
        turns = np.linspace(0, 2 * np.pi, 12)
        path = [(x + radius * np.cos(t), y + radius * np.sin(t)) for t in turns]
        self.page.mouse.move(*path[0])
        self.page.mouse.down()
        for point in path[1:]:
            self.page.mouse.move(*point)
        self.page.mouse.up()


def view(lab: Lab, name: str) -> None:
    lab.page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()


def nearest(lab: Lab) -> list[str]:
    return lab.page.locator(".st-key-neighbours .ytick text").all_text_contents()


def loneliest(points: np.ndarray) -> int:
    """The letter farthest from all others on the map: what is near it is it."""
    apart = np.linalg.norm(points[:, None] - points[None], axis=2) + np.eye(len(points)) * 1e9
    return int(apart.min(axis=1)[2:].argmax()) + 2


def test_the_map_shows_the_stores_vectors_and_goes_back_in_time(lab: Lab, store: RunStore):
    lab.open("/embeddings?run=names")
    seen = Map(lab)
    np.testing.assert_allclose(seen.points, project(vectors(store, "names")[0])[0], atol=1e-3)
    assert seen.labels == list(vectors(store, "names")[1])
    lab.scrub_to(0)
    expect(seen.title).to_contain_text("at step 0")
    np.testing.assert_allclose(seen.points, project(vectors(store, "names", 0)[0])[0], atol=1e-3)


@pytest.mark.long
@pytest.mark.parametrize("run", ["names", "cyrillic", "text"])
def test_a_click_and_a_lasso_choose_whose_neighbours_are_shown(run: str, lab: Lab, store: RunStore):
    lab.open(f"/embeddings?run={run}")
    found, _ = vectors(store, run)
    seen = Map(lab)
    i = loneliest(seen.points)
    seen.click(i)
    label = seen.labels[i]
    expect(lab.title_of("neighbours")).to_contain_text(f"Nearest to {label}, step")
    assert nearest(lab) == [seen.labels[j] for j in neighbours(found, [i], 10).rows]
    seen.lasso(1)
    first = seen.labels[1]
    expect(lab.title_of("neighbours")).to_have_text(re.compile(f"Nearest to .*{re.escape(first)}"))
    assert first not in nearest(lab)


@pytest.mark.long
def test_letters_are_chosen_by_the_keyboard_too(lab: Lab, store: RunStore):
    lab.open("/embeddings?run=names")
    field = lab.page.get_by_role("combobox", name="Neighbours of")
    field.focus()
    lab.page.keyboard.type("e")
    lab.page.keyboard.press("Enter")
    expect(lab.title_of("neighbours")).to_have_text(re.compile("Nearest to a e,"))
    found = neighbours(vectors(store, "names")[0], [1, 5], 10)
    assert found.among is not None
    expect(lab.page.get_by_text(f"The 2 chosen are {found.among:.2f} apart")).to_be_visible()


def test_letters_glide_while_a_run_trains_and_the_canvas_stays(lab: Lab):
    lab.open(f"/embeddings?{SMALL}")
    lab.page.evaluate("document.querySelector('.letter-map canvas').mine = true")
    seen = Map(lab)
    lab.play()
    lab.wait_for_step(2000)
    for _ in range(3):
        expect(seen.title).not_to_have_text(seen.title.inner_text())
    lab.stop()
    assert lab.page.evaluate("document.querySelector('.letter-map canvas').mine")
    assert lab.page.evaluate("document.querySelector('.letter-map').letterMap.data.steps.length") > 3  # the trails


@pytest.mark.long
def test_tsne_comes_without_blocking_the_page(lab: Lab, store: RunStore):
    lab.open("/embeddings?run=names")
    seen = Map(lab).ready()
    view(lab, "t-SNE")
    expect(lab.page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(seen.title).to_have_text(re.compile(r"t-SNE, perplexity 8, \d+% of the 5 nearest kept at step 299"))
    lab.scrub_to(0)
    again = lab.page.get_by_role("button", name="Again, at step 0")
    again.click()
    expect(seen.title).to_contain_text("kept at step 0")
    expect(again).to_have_count(0)


@pytest.mark.long
def test_a_movie_by_tsne_tells_how_far_it_is_and_is_cancelled(lab: Lab, store: RunStore):
    lab.open("/embeddings?run=long")
    view(lab, "t-SNE")
    expect(lab.page.get_by_label("Perplexity")).to_have_value("8")
    view(lab, "Movie")
    lab.page.get_by_role("button", name="Make the movie by t-SNE").click()
    progress = lab.page.get_by_test_id("stProgress").filter(has_text=re.compile(r"map \d+ of 200"))
    expect(progress).to_be_visible()
    lab.choose("Colour by", "frequency")  # the page answers meanwhile
    expect(lab.field("Colour by")).to_have_value("frequency")
    expect(progress).to_be_visible()
    lab.page.get_by_role("button", name="Cancel").click()
    expect(lab.page.get_by_role("button", name=re.compile("Make the movie"))).to_be_visible()
    expect(progress).to_have_count(0)


@pytest.mark.long
def test_the_movie_of_200_snapshots_plays_smoothly_and_is_right(lab: Lab, store: RunStore):
    lab.open("/embeddings?run=long")
    view(lab, "Movie")
    seen = Map(lab)
    expect(seen.title).to_contain_text("Characters, PCA at step 0")
    frames = np.stack([vectors(store, "long", step)[0] for step in store.snapshot_steps("long")])
    made = movie(tuple(range(SNAPSHOTS)), frames, Recipe(), Report()).points
    np.testing.assert_allclose(seen.points, made[0], atol=1e-3)
    seen.root.get_by_role("button", name="Play").click()
    per_second = lab.page.evaluate(FRAMES_PER_SECOND)
    print(f"{per_second:.0f} frames a second")
    assert per_second > SMOOTH
    expect(seen.title).to_contain_text(f"at step {SNAPSHOTS - 1}")
    np.testing.assert_allclose(seen.points, made[-1], atol=1e-3)
    slider = lab.page.get_by_role("slider", name="Step of the movie")
    slider.fill("100")
    expect(seen.title).to_contain_text("at step 100")
    np.testing.assert_allclose(seen.points, made[100], atol=1e-3)
    lab.page.keyboard.press("Space")
    expect(lab.state).to_have_text("finished")  # the space bar is the movie's here


@pytest.mark.long
def test_a_movie_is_taken_along_as_a_page_and_as_a_gif(lab: Lab, store: RunStore, tmp_path: Path):
    lab.open("/embeddings?run=cyrillic")
    view(lab, "Movie")
    steps = len(store.snapshot_steps("cyrillic"))
    with lab.page.expect_download() as page:
        lab.page.get_by_role("button", name="HTML").click()
    path = tmp_path / "movie.html"
    page.value.save_as(path)
    lab.page.get_by_role("button", name="Make a GIF").click()
    with lab.page.expect_download() as gif:
        lab.page.get_by_role("button", name="GIF", exact=True).click()
    picture = Image.open(io.BytesIO(Path(gif.value.path()).read_bytes()))
    assert getattr(picture, "n_frames", 1) == steps
    alone = lab.page.context.new_page()
    alone.context.set_offline(True)
    alone.goto(path.as_uri())
    seen = alone.locator(".letter-map")
    expect(seen.locator("header b")).to_have_text("Characters, PCA at step 0")
    seen.get_by_role("button", name="Play").click()
    expect(seen.locator("header b")).to_have_text("Characters, PCA at step 59")
    alone.context.set_offline(False)
    alone.close()


@pytest.mark.long
def test_the_honest_maps_say_what_is_chance(lab: Lab, store: RunStore):
    lab.open("/embeddings?run=names")
    view(lab, "How honest?")
    lab.page.get_by_role("button", name="Make the maps").click()
    expect(lab.page.locator(".st-key-honesty .xy9, .st-key-honesty .x9y9").first).to_be_attached()
    expect(lab.page.get_by_text("Unrelated maps would agree on 19%.")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("run", ["names", "text"])
@pytest.mark.parametrize("name", ["Map", "Movie"])
def test_a_phone_never_scrolls_sideways(run: str, name: str, lab: Lab, store: RunStore):
    lab.page.set_viewport_size(PHONE)
    lab.open(f"/embeddings?run={run}")
    view(lab, name)
    Map(lab).ready()
    assert lab.page.locator("[data-testid=stMain]").evaluate("main => main.scrollWidth") <= PHONE["width"]


@pytest.mark.long
def test_a_transformers_places_and_outputs_have_their_map(lab: Lab, store: RunStore):
    lab.open("/embeddings?run=text")
    seen = Map(lab)
    lab.choose("Vectors", "Positions")
    expect(seen.title).to_contain_text("Positions, PCA")
    seen.ready()
    assert seen.labels[:3] == ["1", "2", "3"]
    lab.choose("Vectors", "Output weights")
    expect(seen.title).to_contain_text("Output weights, PCA")


@pytest.mark.long
def test_the_letters_follow_the_theme(lab: Lab, store: RunStore):
    lab.page.emulate_media(color_scheme="light")
    lab.open("/embeddings?run=names")
    color = "getComputedStyle(document.querySelector('.letter-map')).color"
    Map(lab).ready()
    light = lab.page.evaluate(color)
    lab.page.emulate_media(color_scheme="dark")
    lab.page.wait_for_function(f"{color} !== {light!r}")


STILL = """() => {
  const map = document.querySelector(".letter-map")?.letterMap;
  return map?.now && map.drawn > 0 && !map.moving && !map.due;
}"""
ON_SCREEN = """i => {
  const map = document.querySelector(".letter-map").letterMap;
  const box = map.root.querySelector("canvas").getBoundingClientRect();
  const scale = Math.min(map.width / map.extent[0], map.height / map.extent[1]) / 2 * map.view.k;
  return [box.left + map.width / 2 + map.view.x + map.now[2 * i] * scale,
          box.top + map.height / 2 + map.view.y - map.now[2 * i + 1] * scale];
}"""
FRAMES_PER_SECOND = """async () => {
  const map = document.querySelector(".letter-map").letterMap;
  const [begun, before] = [performance.now(), map.drawn];
  await new Promise(resolve => setTimeout(resolve, 4000));
  return 1000 * (map.drawn - before) / (performance.now() - begun);
}"""
