"""The learning-rate finder in a browser: it climbs by itself, a hand moves the line, and the rate is the next run's."""

import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from tests.browser.lab import SMALL, Lab

PHONE: ViewportSize = {"width": 390, "height": 844}


def line_of(lab: Lab) -> Locator:
    """The line over the chart, once the ramp is over."""
    lab.page.goto(f"{lab.address}/search?{SMALL}")
    lab.page.get_by_role("radio", name="Learning rate", exact=True).click()
    line = lab.page.get_by_role("slider", name="Rate to take")
    expect(line).to_be_visible()
    return line


def rate_at(line: Locator) -> float:
    return float(line.get_attribute("aria-valuenow") or "nan")


def use(lab: Lab, rate: float) -> None:
    """Press the button that has the rate on it; then the knob and the address have it."""
    lab.page.get_by_role("button", name=f"Use {rate:g}").click()
    expect(lab.field("Learning rate")).to_have_value(f"rate {rate:.4g}")
    lab.page.wait_for_url(f"**optimizer.learning_rate={rate:g}**")


@pytest.mark.long
def test_the_line_is_dragged_and_its_rate_is_taken(lab: Lab):
    line = line_of(lab)
    before = rate_at(line)
    box = line.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 60, y, steps=4)
    expect(lab.page.locator(".rate-line")).to_contain_text("loss ")  # it reads the curve as it goes
    lab.page.mouse.up()
    dragged = rate_at(line)
    width = lab.page.evaluate("document.querySelector('.st-key-finder_curve .live-chart')._fullLayout._size.w")
    assert dragged == pytest.approx(before * 1000 ** (60 / width), rel=0.06)  # three decades from end to end
    use(lab, dragged)


@pytest.mark.long
def test_a_suggestion_moves_the_line_and_another_climb_begins_anew(lab: Lab):
    line = line_of(lab)
    lab.page.locator("[class*=st-key-finder_suggestion]").get_by_text("lowest / 10", exact=True).click()
    suggested = lab.page.locator("tbody tr").filter(has_text="lowest / 10").locator("td").nth(1).inner_text()
    expect(line).to_have_attribute("aria-valuenow", suggested)
    lab.choose("Steps", "300")
    lab.page.get_by_role("button", name="Climb the ramp").click()
    expect(line).not_to_have_attribute("aria-valuenow", suggested)
    expect(lab.page.locator(".rate-handle")).to_have_count(1)


@pytest.mark.long
def test_the_finder_fits_on_a_phone_and_keys_move_its_line(lab: Lab):
    lab.page.set_viewport_size(PHONE)
    line = line_of(lab)
    line.press("Home")
    expect(line).to_have_attribute("aria-valuenow", "0.001")
    line.press("PageUp")
    expect(line).to_have_attribute("aria-valuenow", "0.0018")  # a quarter of a decade
    line.press("ArrowRight")
    use(lab, 0.0019)
    assert lab.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= PHONE["width"]
