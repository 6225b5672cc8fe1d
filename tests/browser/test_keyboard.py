"""A phone and a keyboard are enough: play, change the rate, look back, open a layer, stop, all without a pointer."""

import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from tests.browser.lab import SMALL, Lab

PHONE: ViewportSize = {"width": 390, "height": 844}
FARTHEST = 80  # stops of the Tab key


@pytest.mark.long
def test_a_run_is_led_from_play_to_stop_by_keys_on_a_phone(lab: Lab):
    lab.page.set_viewport_size(PHONE)
    lab.open(f"/?{SMALL}")
    keys = lab.page.keyboard
    keys.press("Space")
    expect(lab.state).to_have_text("running")
    lab.wait_for_step(50)
    tab_to(lab, lab.field("Learning rate"))
    keys.type("rate 0.02")
    keys.press("Enter")
    expect(lab.flags.filter(has_text="→ 0.02")).to_have_count(1)
    tab_to(lab, lab.button("Stop"))
    keys.press("Enter")
    expect(lab.state).to_have_text("stopped")
    keys.press("ArrowLeft")
    expect(lab.looked_at).not_to_have_text("now")
    keys.press("Home")
    expect(lab.looked_at).to_have_text("step 0")
    keys.press("End")
    expect(lab.looked_at).to_have_text("now")


@pytest.mark.long
def test_the_views_and_layers_of_the_inside_open_by_keys_on_a_phone(lab: Lab):
    lab.page.set_viewport_size(PHONE)
    lab.open(f"/inside?{SMALL}")
    tab_to(lab, lab.page.locator(".layer-strip button").nth(1))
    lab.page.keyboard.press("Enter")
    expect(lab.title_of("update_ratio")).to_be_visible()
    expect(lab.page.get_by_test_id("stMarkdown").filter(has_text="hidden: Linear")).to_be_visible()


def tab_to(lab: Lab, target: Locator) -> None:
    """Press Tab until it has the focus."""
    for _ in range(FARTHEST):
        lab.page.keyboard.press("Tab")
        if target.first.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not come to {target} within {FARTHEST} stops.")
