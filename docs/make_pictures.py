"""Makes the pictures and the animation of these pages anew: real runs, a real server, a real browser. `make pictures`.

Needs makemore's names (`python -m makemore_core data fetch names`) and a few minutes. With names of pictures it takes
those alone; PICTURES_STORE is a folder that keeps the runs for the next time.
"""

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import FLAGS, PATIENCE
from tests.browser.find_chromium import find_chromium
from tests.browser.lab import Lab
from tests.browser.server import PROJECT, Server

Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom
PICTURES = Path(__file__).parent / "pictures"
RUNS = {  # by name: what `train` is told
    "plain-randn": "lecture3-original",
    "softmax-fix": "lecture3-softmax-fix",
    "tanh-fix": "lecture3-tanh-fix",
    "batchnorm": "lecture3-batchnorm",
    "two-dimensions": "lecture3-kaiming --set model.n_embd=2",
    "saturated": "sick-saturated-tanh",
    "kaiming": "lecture3-kaiming",
}
COMPARED = ("plain-randn", "softmax-fix", "tanh-fix", "batchnorm", "kaiming")
SWEEP = (
    "sweep lecture3-batchnorm --steps 1000 --trials 30 "
    "--over optimizer.learning_rate=log:1e-3:1 --over model.n_hidden=64:512"
)
WINDOW = (1400, 1700)  # so tall that nothing needs to be scrolled
MARGIN = 14  # pixels around what a picture shows
QUIET = 1.5  # seconds without a change, then a page is drawn

ANIMATION, FILMED = "learning.gif", "lecture3-kaiming"
LENGTH, LAST_FRAME = 10.0, 2.0  # seconds; the last one stands longer
ANIMATION_WIDTH = 900


def nothing(lab: Lab) -> None:
    """Most pages show what matters as they open."""


def type_a_name(lab: Lab) -> None:
    """One whose first letter costs more than a blind guess."""
    lab.page.get_by_role("textbox", name="Your name").fill("zoey")
    expect(lab.title_of("surprise")).to_contain_text("zoey")


def walk_back(lab: Lab) -> None:
    """Backprop, where the gradient has come back some of its way."""
    slider = lab.page.locator(".st-key-backprop_graph input[type=range]")
    expect(slider).to_have_attribute("max", re.compile(r"\d"))
    slider.fill(str(2 * int(slider.get_attribute("max") or 0) // 3))
    expect(lab.page.locator(".st-key-line h5")).to_contain_text("the gradient at")


@dataclass(frozen=True)
class Picture:
    """A part of a page: the box around the containers with these keys; without one, the whole window."""

    path: str
    keys: tuple[str, ...] = ()
    run: str = "kaiming"
    window: tuple[int, int] = WINDOW
    scheme: str = "light"
    scale: float = 1
    act: Callable[[Lab], None] = nothing


TAKEN = {  # by the name of the file
    "train": Picture("", window=(1400, 768)),
    "embeddings": Picture("embeddings", ("embedding_controls", "letters_map", "neighbours"), run="two-dimensions"),
    "my-name": Picture("my_name", ("my_names", "my_name_hero", "among_words"), act=type_a_name),
    "counting": Picture("counting", ("grid_controls", "count_grid")),
    "inside": Picture("inside?view=Layer&layer=tanh2", ("sick", "layer_strip", "saturation"), run="saturated"),
    "init-lab": Picture("init_lab", ("lab-net", "first_guess", "layers", "gain"), run="plain-randn"),
    "backprop": Picture("backprop", ("backprop_graph", "line", "backprop_gradient"), "batchnorm", act=walk_back),
    "minitorch": Picture("minitorch", ("expression_example", "leaves", "tape_and_node"), scheme="dark"),
    "runs": Picture("runs?runs={compared}", ("runs_table", "runs_curves")),
    "search": Picture("search", ("sweep_bar", "sweep_parallel")),
    "phone": Picture("my_name", ("my_names", "my_name_hero"), window=(390, 1700), scale=2, act=type_a_name),
}


def main() -> None:
    """Train, take all pictures or those that are named, and say how large they are."""
    wanted = sys.argv[1:] or [*TAKEN, ANIMATION]
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(os.environ.get("PICTURES_STORE", kept))
        folder.mkdir(exist_ok=True)
        server = Server(folder)
        ids = train(server.store) if not server.store.exists() else known(server.store)
        server.start()
        try:
            with browser() as chromium:
                for name in wanted:
                    if name == ANIMATION:
                        film(chromium, server)
                    else:
                        take(name, chromium, server, ids)
        finally:
            server.kill()


def makemore(store: Path, *arguments: str) -> str:
    """What a command of the project prints, with this store."""
    command = [sys.executable, "-m", "makemore_core", *arguments]
    environment = os.environ | {"MAKEMORE_STORE": str(store)}
    return subprocess.run(command, cwd=PROJECT, env=environment, check=True, text=True, stdout=subprocess.PIPE).stdout


def train(store: Path) -> dict[str, str]:
    """All runs and the sweep; the runs' ids by their names."""
    makemore(store, *SWEEP.split())
    for name, arguments in RUNS.items():
        makemore(store, "train", *arguments.split(), "--name", name)
    return known(store)


def known(store: Path) -> dict[str, str]:
    """The ids of the runs by their names."""
    return {row["name"]: row["run"] for row in json.loads(makemore(store, "runs", "list", "--json"))}


@contextmanager
def browser() -> Generator[Browser]:
    """The Chromium of the browser tests."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS.split())


@contextmanager
def lab(chromium: Browser, server: Server, picture: Picture) -> Generator[Lab]:
    """A tab of the size and scheme that a picture wants."""
    width, height = picture.window
    page = chromium.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        device_scale_factor=picture.scale,
        reduced_motion="reduce",  # what moves for ever is never drawn
    )
    page.set_default_timeout(PATIENCE)
    yield Lab(page, server.address)
    page.close()


def take(name: str, chromium: Browser, server: Server, ids: dict[str, str]) -> None:
    """Open the page, act, wait until nothing moves, and keep what matters."""
    picture = TAKEN[name]
    with lab(chromium, server, picture) as tab:
        address = f"/{picture.path}{'&' if '?' in picture.path else '?'}run={ids[picture.run]}"
        tab.page.goto(server.address + address.format(compared=",".join(ids[run] for run in COMPARED)))
        expect(tab.page.locator(".st-key-standing")).to_be_visible()
        picture.act(tab)
        image = drawn(tab.page)
        image = image.crop(box(tab.page, picture.keys, picture.scale)) if picture.keys else image
        few_colors(image).save(path := PICTURES / f"{name}.png", optimize=True)
        tell(path, image)


def tell(path: Path, image: Image.Image) -> None:
    """What was made."""
    print(f"{path.name}: {image.width} x {image.height}, {path.stat().st_size / 1000:.0f} kB")


def few_colors(image: Image.Image) -> Image.Image:
    """The picture in 256 colours."""
    return image.convert("RGB").quantize(256, dither=Image.Dither.NONE)


def drawn(page: Page) -> Image.Image:
    """The window once two looks at it are the same."""
    expect(page.locator(".live-chart:not(:has(svg.main-svg path))")).to_have_count(0)
    page.mouse.move(0, 0)
    before = b""
    while before != (now := page.screenshot()):
        before = now
        time.sleep(QUIET)
    return Image.open(io.BytesIO(now))


def box(page: Page, keys: tuple[str, ...], scale: float = 1) -> Box:
    """The smallest box around some containers, with a margin but below."""
    found = [page.locator(f".st-key-{key}, .st-key-{key}-0").first.bounding_box() for key in keys]
    boxes = [around for around in found if around]
    left, top = min(around["x"] for around in boxes), min(around["y"] for around in boxes)
    right = max(around["x"] + around["width"] for around in boxes)
    bottom = max(around["y"] + around["height"] for around in boxes)
    return scale * (left - MARGIN), scale * (top - MARGIN), scale * (right + MARGIN), scale * bottom


def film(chromium: Browser, server: Server) -> None:
    """The front page from Play on, in real time: each frame stands as long as the page stood so."""
    with lab(chromium, server, Picture("", window=(1400, 1010))) as tab:
        tab.open(f"/?preset={FILMED}")
        tab.choose_speed("gentle start")
        drawn(tab.page)
        shots: list[tuple[float, bytes]] = []
        tab.button("Play").click()
        tab.wait_for_step(1)  # the chart has its axes
        began = time.monotonic()
        while (now := time.monotonic() - began) < LENGTH:
            shots.append((now, tab.page.screenshot()))
        part = box(tab.page, ("bar", "experiments"))
        tab.stop()
    frames = [Image.open(io.BytesIO(shot)).convert("RGB").crop(part) for _, shot in shots]
    for frame in frames:
        frame.thumbnail((ANIMATION_WIDTH, ANIMATION_WIDTH))
    palette = few_colors(frames[-1])
    indexed = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    times = [1000 * (after - before) for (before, _), (after, _) in pairwise(shots)]
    indexed[0].save(
        path := PICTURES / ANIMATION,
        save_all=True,
        append_images=indexed[1:],
        duration=[*map(round, times), 1000 * LAST_FRAME],
        loop=0,
        optimize=True,
    )
    tell(path, frames[0])


if __name__ == "__main__":
    main()
