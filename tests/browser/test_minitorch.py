"""The minitorch page in a browser: micrograd's neuron walked backwards, and a graph that follows what is turned."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab

PAGE = "/minitorch"


def test_the_neuron_is_walked_backwards_to_the_gradient_of_x1(lab: Lab):
    lab.open(PAGE)
    tape(lab, "From the output").click()
    expect(step(lab)).to_have_text("forward 5 of 5")
    expect(node(lab, "o")).to_have_attribute("aria-label", "o, data 0.7071")
    tape(lab, "Next step").click()
    expect(node(lab, "o")).to_have_attribute("aria-label", "o, data 0.7071, grad 1")
    tape(lab, "Next step").click()
    expect(account(lab).locator("tbody tr")).to_contain_text("1 − o² = 0.5")
    expect(lab.page.locator("code").filter(has_text='Op("tanh"').first).to_be_visible()
    expect(node(lab, "x1")).to_have_attribute("aria-label", "x1, data 2")
    tape(lab, "Last step").click()
    expect(node(lab, "x1")).to_have_attribute("aria-label", "x1, data 2, grad −1.5")
    expect(account(lab).locator("tbody tr").first).to_contain_text("w1 = −3")
    graph, code = (lab.page.locator(part).bounding_box() for part in (".tape-graph", ".st-key-tape_and_node pre"))
    assert graph is not None
    assert code is not None
    assert code["x"] > graph["x"] + graph["width"]  # what is said of a node stands beside it
    lab.page.get_by_role("button", name="Nudge", exact=True).click()
    # x1 moves by 0.01 · 1.5 against its gradient, and all numbers follow
    expect(node(lab, "x1")).to_have_attribute("aria-label", re.compile("x1, data 2.015, grad −"))


@pytest.mark.long
def test_what_is_typed_is_drawn_and_a_mistake_is_pointed_at(lab: Lab):
    lab.open(PAGE)
    lines = lab.page.get_by_label("Lines; the last is the output")
    lines.fill("y = x1 ** 2\nz = y + sqrtt(y)")
    lines.press("Control+Enter")
    expect(lab.info.first).to_contain_text("Line 2: There is no function `sqrtt`; did you mean `sqrt`?")
    expect(lab.page.locator("code").filter(has_text="^^^^^")).to_be_visible()
    lines.fill("y = x1 ** 2\nz = y + sqrt(y)")
    lines.press("Control+Enter")
    expect(node(lab, "z")).to_have_attribute("aria-label", "z, data 6, grad 1")
    expect(node(lab, "x1")).to_have_attribute("aria-label", "x1, data 2, grad 5")  # 2·2 + 1
    node(lab, "sqrt(y)").click()
    expect(lab.page.locator("code").filter(has_text='Op("sqrt"').first).to_be_visible()


@pytest.mark.long
def test_a_network_is_drawn_and_judged_while_it_trains(lab: Lab):
    lab.open(PAGE)
    lab.page.get_by_role("radio", name="A network").click()
    expect(lab.page.get_by_text("of 5 gradients are equal up to rounding")).to_be_visible()
    lab.play()
    lab.wait_for_step(2000)
    expect(node(lab, "loss")).to_be_visible()
    lab.stop()
    expect(lab.page.get_by_text("5 of 5 gradients")).to_be_visible()


@pytest.mark.long
def test_the_tape_survives_a_page_change(lab: Lab):
    lab.open(PAGE)
    tape(lab, "From the output").click()
    expect(lab.page.get_by_text("the operation tanh")).to_be_visible()  # the server knows the step
    lab.go_to("Counting")
    lab.go_to("minitorch")
    expect(step(lab)).to_have_text("forward 5 of 5")


def tape(lab: Lab, name: str) -> Locator:
    return lab.page.locator(".tape-graph").get_by_role("button", name=name, exact=True)


def step(lab: Lab) -> Locator:
    return lab.page.locator(".tape-graph output")


def account(lab: Lab) -> Locator:
    return lab.page.locator(".tape-graph .account")


def node(lab: Lab, name: str) -> Locator:
    """The box of that name."""
    return lab.page.locator(f'.tape-graph .node[aria-label^="{name},"]').first
