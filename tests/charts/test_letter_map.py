"""What the canvas draws, and the files that a movie becomes: every number comes back out of them."""

import base64
import io
import itertools
import json
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image

from makemore_core.charts import movie_files
from makemore_core.charts.letter_map import COLORINGS, LARGEST, SMALLEST, letters_look, map_data, places_look, ramp
from makemore_core.charts.movie_files import movie_gif, movie_page
from makemore_core.charts.style import ACCENT, PLAIN, YARDSTICK
from makemore_core.letters import LetterFacts
from makemore_core.tasks import CancelledError, Report

ITOS = (".", "a", "b", "</script>"[0], "é")
FACTS = LetterFacts(
    np.array([0.2, 0.4, 0.1, 0.05, 0.25]),
    np.array([np.nan, 0.9, 0.1, 0.5, 0.7]),
    np.array([np.nan, 0.0, 1.0, 0.5, 0.2]),
    np.array([np.nan, 0.8, 0.0, 0.5, 0.2]),
)
LOOK = letters_look(ITOS, range(5), FACTS, "vowel")


def frames(f: int = 4) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(f, 5, 2))


def data(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "title": "t",
        "look": LOOK,
        "steps": (0, 1, 2, 3),
        "frames": frames(),
        "is_movie": True,
        "kind": "k",
    }
    return json.loads(map_data(**given | changes))


def unpacked(found: dict[str, Any]) -> np.ndarray:
    numbers = np.frombuffer(base64.b64decode(found["points"]), dtype="<i2") / 32767 * found["reach"]
    return numbers.reshape(len(found["steps"]), -1, 2)


def test_points_come_back_to_a_thirty_thousandth() -> None:
    np.testing.assert_allclose(unpacked(data()), frames(), atol=np.abs(frames()).max() / 60_000)


def test_the_version_changes_with_anything_that_is_drawn() -> None:
    versions = [data(), data(title="u"), data(look=letters_look(ITOS, range(5), FACTS, "frequency")), data(kind="l")]
    assert len({found["version"] for found in versions}) == 4
    assert data()["version"] == data()["version"]


def test_all_of_a_movie_lies_within_its_frame() -> None:
    assert (np.abs(unpacked(data())).max(axis=(0, 1)) < data()["extent"]).all()


def test_a_map_grows_by_steps_and_not_with_every_number() -> None:
    grown = [data(frames=frames() * size, is_movie=False)["extent"] for size in np.linspace(1, 1.2, 50)]
    assert len({tuple(extent) for extent in grown}) <= 4


def test_vowels_and_others_have_their_colours_and_the_boundary_is_grey() -> None:
    assert LOOK.colors == (YARDSTICK, ACCENT, PLAIN, YARDSTICK, ACCENT)


def test_size_goes_by_frequency() -> None:
    assert LOOK.sizes[1] == LARGEST
    order = np.argsort(FACTS.frequency)
    assert sorted(LOOK.sizes) == [LOOK.sizes[i] for i in order]
    assert min(LOOK.sizes) > SMALLEST


def test_colours_go_from_the_least_to_the_most() -> None:
    places = letters_look(ITOS, range(5), FACTS, "place in the word")
    assert places.colors[2] == ramp(0.0)
    assert places.colors[1] == ramp(1.0)
    assert places.colors[0] == ramp(0.0)  # the boundary has no place
    assert places.legend[0][0] == "near its beginning (0.10)"
    assert letters_look(ITOS, range(5), FACTS, "frequency").colors[1] == ramp(1.0)


@pytest.mark.parametrize("by", COLORINGS)
def test_every_colouring_colours_every_letter_of_any_alphabet(by: str) -> None:
    look = letters_look(ITOS, (0, 3), FACTS, by)
    assert len(look.colors) == len(look.labels) == len(look.sizes) == len(look.names) == 2
    nowhere = LetterFacts(np.zeros(5), *[np.full(5, np.nan)] * 3)
    assert len(letters_look(ITOS, range(5), nowhere, by).colors) == 5


def test_places_are_numbered_from_1() -> None:
    assert places_look(3).labels == ("1", "2", "3")
    assert places_look(3).colors == (ramp(0.0), ramp(0.5), ramp(1.0))


def test_the_page_holds_the_data_and_nothing_from_elsewhere() -> None:
    page = movie_page(map_data("t</script>", LOOK, (0, 1, 2, 3), frames(), True, "k"), "<b>")
    (inside,) = re.findall(r"^const data = (.*);$", page, re.MULTILINE)
    assert json.loads(inside)["title"] == "t</script>"
    assert page.count("</script>") == 1
    assert "<title>&lt;b&gt;</title>" in page
    assert "http" not in page


def test_the_gif_has_a_frame_for_each_step_and_says_what_it_lacks() -> None:
    made = movie_gif("t", letters_look(ITOS[:4], range(4), FACTS, "vowel"), (0, 1, 2, 30), frames()[:, :4], Report())
    gif: Any = Image.open(io.BytesIO(made.content))
    assert gif.n_frames == 4
    pictures = []
    for i in range(4):
        gif.seek(i)
        pictures.append(np.asarray(gif.convert("L")))
    assert all((a != b).any() for a, b in itertools.pairwise(pictures))
    assert made.missing == ()


def test_letters_without_a_font_become_code_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(movie_files, "_draws", lambda path, label: label.isascii())
    made = movie_gif("t", LOOK, (0, 1, 2, 3), frames(), Report())
    assert made.missing == ("é",)


@pytest.mark.parametrize("label", ["\N{DOTTED CIRCLE}\u093f", "\U0010fffe", "a\U0010fffe"])
def test_a_label_is_drawn_whole_or_not_at_all(label: str) -> None:
    fonts = [path for path in movie_files._fonts() if path.name == "DejaVuSans.ttf"]
    if not fonts:
        pytest.skip("This machine has no DejaVu Sans, whose letters are known.")
    assert movie_files._draws(fonts[0], "aéЯ")
    assert not movie_files._draws(fonts[0], label)


def test_a_machine_without_fonts_draws_what_pillow_brings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(movie_files, "_fonts", lambda: ())
    assert movie_gif("t", LOOK, (0, 1, 2, 3), frames(), Report()).missing == ("é",)


def test_a_gif_that_nobody_wants_is_not_made() -> None:
    report = Report()
    report.cancelled.set()
    with pytest.raises(CancelledError):
        movie_gif("t", LOOK, (0, 1, 2, 3), frames(), report)
