"""The run card: a card of every family, whole HTML, everything literal, and a command that trains the same again."""

import re
import shlex
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import orjson
import pytest

from makemore_core.catalogue import SHIPPED
from makemore_core.charts.library import plotly_library
from makemore_core.cli.options import configured
from makemore_core.config import parse_setting
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics import DIAGNOSTICS
from makemore_core.exports.again import Again, nearest_preset
from makemore_core.exports.card import card_beside, run_card
from makemore_core.exports.kept import Kept
from makemore_core.presets import PRESETS
from makemore_core.sharing import portable, read_settings
from makemore_core.training.manager import RunManager
from tests.exports.runs import FAMILIES, TEXT, on, reading, small, trained

VOID = {"meta", "link"}
OURS = {
    *("html", "head", "meta", "link", "title", "style", "body", "header", "main", "footer", "section", "script"),
    *("h1", "h2", "p", "b", "i", "a", "span", "small", "div", "figure", "details", "summary", "pre", "code"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "dl", "dt", "dd"),
}


class Card(HTMLParser):
    """A card taken apart: its text, its elements, its figures. Whatever is not closed, or not ours, fails."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(content)
        self.close()
        assert self.open == []
        (figures,) = re.findall(r'<script type="application/json" id="figures">(.*?)</script>', content)
        self.figures = orjson.loads(figures)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in OURS
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" not in self.open and "style" not in self.open:
            self.text += data

    @property
    def plots(self) -> list[str]:
        return [str(about["id"]) for _, about in self.elements if about.get("class") == "plot"]


def card_of(kept: Kept) -> Card:
    return Card(card_beside("plotly.js", kept))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_its_card(family: str, of_family: Callable[[str], Kept]):
    kept = of_family(family)
    card = card_of(kept)
    assert card.plots == list(card.figures)
    assert "loss" in card.plots
    assert ("embedding" in card.plots) == (kept.model.embedding is not None)
    assert DIAGNOSTICS["embedding"].absent in card.text or kept.model.embedding is not None
    assert all(name in card.text for name in reading(kept, -1, "samples").lines)
    assert kept.fingerprint in card.text
    assert f"{kept.row.parameters:,} parameters" in card.text


def test_the_card_says_what_the_run_is(otter: Kept):
    card, last = card_of(otter), otter.snapshot.evaluations[-1]
    for fact in (f"{last.train:.4f}", f"{last.val:.4f}", "finished", "1,100 of 1,100 steps", otter.dataset.sha256):
        assert fact in card.text
    assert set(card.plots) == {"loss", "activations", "gradients", "update_ratio", "embedding"}
    shown = {path for path in otter.config.settings() if path in card.text}
    assert shown == set(otter.config.settings())


def test_whoever_hears_the_card_misses_nothing(otter: Kept):
    card = card_of(otter)
    plots = [about for _, about in card.elements if about.get("class") == "plot"]
    assert all(about["role"] == "img" and len(about["aria-label"] or "") > 40 for about in plots)
    assert [tag for tag, _ in card.elements].count("caption") == [tag for tag, _ in card.elements].count("table")
    headings = [tag for tag, _ in card.elements if tag in ("h1", "h2")]
    assert headings == ["h1", *["h2"] * 6]


def test_published_losses_stand_beside_ours(runs: RunManager):
    config = PRESETS["lecture3-kaiming"].config.with_values({"data.dataset": SHIPPED, "max_steps": 3})
    card = card_of(trained(runs, config, preset="lecture3-kaiming"))
    published = PRESETS["lecture3-kaiming"].published
    assert f"{published.train:.4f}" in card.text
    assert f"{published.val:.4f}" in card.text
    assert "They hold for names." in card.text  # another list stands in for it here


def test_nothing_of_the_users_is_markup(hostile: Kept):
    card = card_of(hostile)
    assert '<i>"words" & more.txt' in card.text
    for word in ("<script>x</script>", 'a"b', "e&f;", "łódź", "🙂🙃", "</style>", "<b>g</b>", "a202Eb"):
        assert word in card.text
    assert [tag for tag, _ in card.elements].count("script") == 3  # figures, plotly, ours
    assert "\u202e" not in card_beside("", hostile)


def test_a_text_has_its_card(runs: RunManager, tmp_path: Path):
    card = card_of(trained(runs, small("transformer", on(tmp_path / "hamlet.txt", TEXT, "text"))))
    assert "The lines it invents" in card.text
    assert "nobler in the mind" in card.text


def test_no_folder_of_this_machine_is_told(otter: Kept):
    assert str(Path(otter.config.data.dataset).parent) not in card_beside("", otter)


def test_a_card_stands_alone(otter: Kept):
    before, library, after = run_card(otter).decode().partition(plotly_library())
    assert library
    loads = re.findall(r"""(?:src|href|url)[=(]["']?([^"' >]+)""", before + after)
    assert loads == ["data:,"]


@pytest.mark.parametrize("name", ["lecture3-kaiming", "lecture5-wavenet", "counting-bigram"])
def test_a_preset_is_nearest_to_itself_and_to_what_is_turned_little(name: str):
    config = PRESETS[name].config
    assert nearest_preset(config).config == config
    assert nearest_preset(config.with_values({"seed": 7})).config == config


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dataset", [SHIPPED, 'folder/it\'s "my" $HOME & more.txt'])
def test_command_and_address_train_the_same_again(family: str, dataset: str):
    config = small(family, DataConfig(dataset, split_seed=7)).with_values({"optimizer.learning_rate": 1 / 3})
    again = Again(config)
    preset, texts = in_the_command(again)
    assert configured(PRESETS[preset].config, texts) == portable(config)
    assert bool(again.address) == (dataset == SHIPPED)
    if again.address:
        query = dict(parse_qsl(urlsplit(again.address).query))
        assert (query["v"], read_settings(query, "").config) == ("1", config)


def in_the_command(again: Again) -> tuple[str, dict[str, str]]:
    """The preset and the settings, as a shell and our own program take the command apart."""
    preset, *words = shlex.split(again.command.partition(" train ")[2])
    return preset, dict(parse_setting(text) for text in words if text != "--set")
