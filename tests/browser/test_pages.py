"""Every page, seen: useful before the first run, as wide as a phone, in light and dark, and literal about names."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import SMALL, Lab

PATHS = ("/", "/inside", "/embeddings", "/next_character")
PHONE = {"width": 390, "height": 844}
MARKUP = ("<b>x</b>", "*a*$x$")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_useful_before_a_run_exists(path: str, lab: Lab):
    lab.open(path)
    expect(lab.page.get_by_text("Nothing trained yet")).to_be_visible()
    expect(lab.button("Play")).to_be_enabled()
    assert lab.page.locator(".live-chart svg.main-svg path").count() > 0


@pytest.mark.parametrize("path", ["/", "/next_character"])
def test_names_are_there_before_a_run_exists(path: str, lab: Lab):
    lab.open(path)
    assert lab.page.locator(".names p > *").count() >= 10


@pytest.mark.parametrize("path", PATHS)
def test_a_phone_never_scrolls_sideways(path: str, lab: Lab):
    lab.page.set_viewport_size(PHONE)
    lab.open(path)
    assert lab.page.evaluate(WIDEST) <= PHONE["width"]


@pytest.mark.parametrize("path", PATHS)
def test_light_and_dark_draw_the_charts_in_other_text_colours(path: str, lab: Lab):
    light, dark = (text_colour(lab, path, scheme) for scheme in ("light", "dark"))
    assert light != dark


def text_colour(lab: Lab, path: str, scheme: Literal["light", "dark"]) -> str:
    lab.page.emulate_media(color_scheme=scheme)
    lab.open(path)
    return lab.page.locator(".live-chart .gtitle").first.evaluate("text => getComputedStyle(text).fill")


@pytest.mark.parametrize("text", MARKUP)
@pytest.mark.parametrize("label", ["Your name", "A name begins with"])
def test_what_a_user_types_is_shown_literally(label: str, text: str, lab: Lab):
    lab.open("/next_character")
    lab.page.get_by_label(label, exact=True).fill(text)
    expect(lab.info.filter(has_text=text)).not_to_have_count(0)
    expect(lab.info.locator("b, em, .katex")).to_have_count(0)


WIDEST = """() => Math.max(...["stApp", "stMain", "stMainBlockContainer"].map(
  id => document.querySelector(`[data-testid=${id}]`).scrollWidth))"""
