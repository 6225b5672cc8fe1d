"""Write it yourself in a browser: a wrong answer gets its hint, a right one counts, and a reload forgets nothing."""

import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from makemore_core.exercise.problems import PROBLEMS
from tests.browser.lab import Lab

PATH = "/backprop?preset=lecture4-manual&model.n_hidden=16"
PHONE: ViewportSize = {"width": 390, "height": 844}


def open_exercise(lab: Lab, path: str = PATH) -> None:
    lab.page.goto(lab.address + path)
    choose_view(lab)


def choose_view(lab: Lab) -> None:
    lab.page.get_by_role("radio", name="Write it yourself").click()
    lab.wait_for_charts()


def field(lab: Lab) -> Locator:
    return lab.page.locator(".answer-field input")


def hand_in(lab: Lab, text: str) -> None:
    field(lab).fill(text)
    field(lab).press("Enter")


def verdict(lab: Lab) -> Locator:
    return lab.page.locator(".st-key-exercise_verdict")


def tile(lab: Lab, name: str) -> Locator:
    return lab.page.locator(".exercise-strip").get_by_role("button", name=f"{name}, ")


def found(lab: Lab) -> Locator:
    return lab.page.locator(".exercise-strip .found")


def test_from_a_wrong_answer_to_a_right_one_and_on(lab: Lab) -> None:
    open_exercise(lab)
    hand_in(lab, "-one_hot(y, V)")
    expect(verdict(lab)).to_contain_text("every entry is 32 times what it must be, and that is n.")
    hand_in(lab, "-one_hot(y, V) / n")
    expect(verdict(lab)).to_contain_text("Right. Exact: every bit is autograd's.")
    expect(found(lab)).to_have_count(1)
    field(lab).press("Enter")  # on to the next
    expect(tile(lab, "dprobs")).to_have_attribute("aria-pressed", "true")
    expect(field(lab)).to_have_value("")
    lab.page.reload()
    choose_view(lab)
    expect(found(lab)).to_have_count(1)
    expect(tile(lab, "dprobs")).to_have_attribute("aria-pressed", "true")


@pytest.mark.long
def test_all_26_by_their_solutions_on_a_phone(lab: Lab) -> None:
    lab.page.set_viewport_size(PHONE)
    open_exercise(lab)
    for problem in PROBLEMS:
        expect(tile(lab, problem.name)).to_have_attribute("aria-pressed", "true")
        hand_in(lab, problem.solution)
        expect(found(lab)).to_have_count(problem.number + 1)
        expect(verdict(lab)).to_contain_text("Right.")
        field(lab).press("Enter")
    expect(lab.page.get_by_text("All 26 are done")).to_be_visible()
    assert lab.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    lab.page.get_by_role("button", name="Start again").click()
    expect(found(lab)).to_have_count(0)
    lab.page.get_by_role("button", name="Undo").click()
    expect(found(lab)).to_have_count(26)


@pytest.mark.long
def test_a_name_is_put_in_at_the_cursor(lab: Lab) -> None:
    open_exercise(lab, f"{PATH}&exercise=1.0")
    names = lab.page.locator(".answer-names")
    for chip in ("Put in dlogprobs (32, 27)", "Put in ** ", "Put in probs (32, 27)"):
        names.get_by_role("button", name=chip).click()
    expect(field(lab)).to_have_value("dlogprobs**probs")
    field(lab).fill("dlogprobs / ")
    names.get_by_role("button", name="Put in .exp()").click()
    expect(field(lab)).to_have_value("dlogprobs / .exp()")
    field(lab).press("Home")
    names.get_by_role("button", name="Put in len()").click()
    expect(field(lab)).to_have_value("len()dlogprobs / .exp()")


@pytest.mark.long
def test_what_is_typed_stays_while_the_net_trains(lab: Lab) -> None:
    open_exercise(lab, f"{PATH}&exercise=1.0&max_steps=1000000")
    field(lab).fill("dlogprobs / pro")
    lab.play()
    lab.wait_for_step(200)
    expect(field(lab)).to_have_value("dlogprobs / pro")
    hand_in(lab, "dlogprobs / probs")
    expect(found(lab)).to_have_count(2)
    lab.wait_for_step(lab.step_number + 200)
    expect(verdict(lab)).to_contain_text("Exact")
    lab.pause()


@pytest.mark.long
def test_a_mistake_has_its_caret_and_hostile_text_is_shown_as_it_is(lab: Lab) -> None:
    open_exercise(lab)
    hand_in(lab, "-one_hot(y, V) / m")
    expect(verdict(lab)).to_contain_text("There is no")
    expect(lab.page.locator(".answer-field pre")).to_have_text(f"-one_hot(y, V) / m\n{' ' * 17}^")
    for text in ("<img src=x onerror=alert(1)>", "$x$ *a* :red[x] `y`", "é🙂", "(" * 999):
        hand_in(lab, text)
        expect(lab.page.locator(".answer-field pre")).to_contain_text("^")
        expect(verdict(lab).locator("img")).to_have_count(0)
