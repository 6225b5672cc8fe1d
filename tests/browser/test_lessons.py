"""Each lesson as somebody takes it: every action on its real control, on real training, up to the challenge's tick."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from makemore_core.catalogue import CATALOGUE, is_here
from makemore_core.exercise.problems import PROBLEMS
from makemore_core.lessons import LESSONS, Lesson
from makemore_core.lessons.lesson import Station
from tests.browser.lab import Lab
from tests.browser.server import Server

Act = Callable[[Lab], None]
LONG_ENOUGH = 240_000  # milliseconds for a challenge on a busy machine
PHONE: ViewportSize = {"width": 390, "height": 844}
MET = "[role=img][aria-label*=check]"


def card(lab: Lab) -> Locator:
    return lab.page.locator(".st-key-lesson")


def stands_at(lab: Lab, words: str) -> None:
    expect(lab.page.locator(".st-key-lesson_head")).to_contain_text(words)


def overview(lab: Lab) -> None:
    lab.page.goto(f"{lab.address}/lessons")
    expect(lab.page.get_by_role("heading", name="Lessons", exact=True)).to_be_visible()


def part_of(lab: Lab, lesson: str) -> Locator:
    return lab.page.locator(f".st-key-lesson_of_{lesson}")


def press(name: str) -> Act:
    return lambda lab: lab.page.get_by_role("button", name=name, exact=True).click()


def choose(name: str) -> Act:
    """One of several options side by side."""
    return lambda lab: lab.page.get_by_role("radio", name=name, exact=True).click()


def fill(label: str, text: str) -> Act:
    def typed(lab: Lab) -> None:
        field = lab.page.get_by_label(label, exact=True)
        field.fill(text)
        field.press("Enter")

    return typed


def drag(key: str, *keys: str) -> Act:
    """Keys on a slider."""

    def dragged(lab: Lab) -> None:
        for pressed in keys:
            lab.page.locator(f"[class*=st-key-{key}]").get_by_role("slider").press(pressed)

    return dragged


def pick(label: str, option: str) -> Act:
    return lambda lab: lab.choose(label, option)


def more(lab: Lab) -> None:
    lab.page.get_by_test_id("stSidebar").get_by_text("More", exact=True).click()


def turn_on(label: str) -> Act:
    return lambda lab: lab.page.locator("label").filter(has_text=label).first.click()


def hand_in(*numbers: int) -> Act:
    def handed_in(lab: Lab) -> None:
        for number in numbers:
            tile = lab.page.locator(".exercise-strip").get_by_role("button", name=f"{PROBLEMS[number].name}, ")
            tile.click()
            expect(tile).to_have_attribute("aria-pressed", "true")
            line = lab.page.locator(".answer-field input")
            line.fill(PROBLEMS[number].solution)
            line.press("Enter")
            expect(lab.page.locator(".st-key-exercise_verdict")).to_contain_text("Right.")

    return handed_in


def layer(name: str) -> Act:
    return lambda lab: lab.page.locator(".layer-strip").get_by_role("button", name=re.compile(f"^{name},")).click()


def line(name: str) -> Act:
    return lambda lab: (
        lab.page.locator(".walk .nodes button").filter(has=lab.page.get_by_text(name, exact=True)).click()
    )


def suggestion(lab: Lab) -> None:
    lab.page.locator("[class*=st-key-finder_suggestion]").get_by_text("lowest / 10", exact=True).click()


def play(lab: Lab) -> None:
    lab.button("Play").click()


def step(lab: Lab) -> None:
    lab.button("Step").click()


def train_this(lab: Lab) -> None:
    press("Train this")(lab)
    expect(lab.page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    lab.wait_for_charts()
    play(lab)


def nothing(lab: Lab) -> None:
    """The link to the page was the action."""


def stop_and(act: Act) -> Act:
    """Two processors do not train three WaveNets at once."""

    def stopped(lab: Lab) -> None:
        if lab.button("Stop").is_enabled():
            lab.stop()
        act(lab)

    return stopped


def in_turn(*acts: Act) -> Act:
    def all_of_them(lab: Lab) -> None:
        for act in acts:
            act(lab)

    return all_of_them


def train(preset: str) -> Act:
    """From the Train page, on which a challenge may be begun as well."""
    return in_turn(lambda lab: lab.go_to("Train"), stop_and(nothing), pick("Preset", preset), press("New run"))


STATIONS: dict[str, tuple[Act, ...]] = {
    "lecture1": (
        lambda lab: lab.page.get_by_role("radio", name=re.compile("^Lint")).click(),
        pick("then", "q"),
        choose("Probabilities"),
        drag("count_alpha", "Home"),
        drag("count_alpha", "End"),
        fill("Context begins with", "m"),
        drag("count_alpha", "Home", *["ArrowRight"] * 13),  # to .1
        in_turn(choose("Counted and neural"), press("Train the neural bigram")),
        choose("Longer contexts"),
    ),
    "lecture2": (
        play,
        choose("Split"),
        choose("Learning rate"),
        suggestion,
        drag("MLPConfig-n_hidden", "ArrowRight"),
        stop_and(press("New run")),
        pick("Learning rate", "rate 0.05"),
        choose("Movie"),
        fill("A name begins with", "jo"),
    ),
    "lecture3": (
        step,
        drag("lab-mlp-output_scale", "Home"),
        drag("lab-mlp-hidden_scale", *["ArrowLeft"] * 3),
        choose("W1*(5/3)/sqrt(30)"),
        choose("and BatchNorm"),
        train_this,
        choose("Over time"),
        choose("Fold"),
        choose("all 0"),
        train_this,
    ),
    "lecture4": (
        line("W2"),
        choose("Compare"),
        in_turn(choose("Write it yourself"), hand_in(0)),
        hand_in(1, 2),
        choose("Short forms"),
        choose("dlogits"),
        in_turn(choose("Without backward()"), press("Train by hand")),
        play,
    ),
    "lecture5": (
        play,
        stop_and(in_turn(pick("Preset", "lecture5-hierarchical-bug"), press("New run"))),
        layer("batch_norm1"),
        in_turn(more, turn_on("Norm positions")),
        stop_and(press("New run")),
        choose("Differences"),
        choose("Which letter mattered"),
        nothing,
    ),
    "transformer": (
        play,
        choose("Attention"),
        fill("A name to look at", "olivia"),
        fill("Head, 1 to 4", "2"),
        choose("Attention"),
        choose("Dice"),
        in_turn(more, drag("TransformerConfig-n_head", "ArrowLeft", "ArrowLeft")),
        fill("Dropout", "0.1"),
    ),
}
CHALLENGES: dict[str, Act] = {
    "lecture1": in_turn(
        lambda lab: lab.go_to("Counting"),
        choose("Counted and neural"),
        choose("1,000"),
        press("Train the neural bigram"),
    ),
    "lecture2": train("lecture3-kaiming"),
    "lecture3": train("lecture3-batchnorm"),
    "lecture4": in_turn(stop_and(choose("Write it yourself")), hand_in(3, 4, 5, 6, 7)),
    "lecture5": nothing,  # the run with the mended BatchNorm goes on
    "transformer": nothing,
}


def address_of(station: Station) -> re.Pattern[str]:
    return re.compile(f"/{'' if station.page == 'train' else station.page}(\\?|$)")


def begin(lab: Lab, lesson: Lesson) -> None:
    overview(lab)
    part_of(lab, lesson.name).get_by_role("button", name="Begin").click()
    lab.page.wait_for_url(address_of(lesson.stations[0]))
    stands_at(lab, f"1 of {len(lesson.stations)}")


def walk(lab: Lab, lesson: Lesson, acts: tuple[Act, ...]) -> None:
    """From the first station on: where it is on another page the card leads there."""
    for number, act in enumerate(acts, start=1):
        stands_at(lab, f"{number} of {len(lesson.stations)}")
        station = lesson.stations[number - 1]
        expect(lab.page.locator(".st-key-lesson")).to_contain_text(station.text)
        if not address_of(station).search(lab.page.url):
            lab.page.locator(".st-key-lesson_action a").click()
            lab.page.wait_for_url(address_of(station))
            expect(lab.page.locator(".st-key-bar")).to_be_visible()
        act(lab)


def test_a_lesson_moves_on_with_its_user_and_is_there_after_a_reload(lab: Lab) -> None:
    lesson = LESSONS["lecture1"]
    begin(lab, lesson)
    walk(lab, lesson, STATIONS[lesson.name][:2])
    stands_at(lab, "3 of 9")
    press("Back")(lab)
    stands_at(lab, "2 of 9")
    lab.page.reload()
    stands_at(lab, "2 of 9")
    lab.page.set_viewport_size(PHONE)
    press("Skip")(lab)
    stands_at(lab, "3 of 9")
    assert lab.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    press("End")(lab)
    expect(card(lab)).to_have_count(0)
    overview(lab)
    expect(part_of(lab, lesson.name)).to_contain_text("2 of 9 stations")
    expect(part_of(lab, lesson.name).get_by_role("button", name="Go on")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("name", LESSONS)
def test_each_lesson_and_its_challenges_are_walked_to_the_end(name: str, lab: Lab, fresh_server: Server) -> None:
    """On a server of its own, whose end ends all runs that the lesson leaves behind."""
    if not is_here(CATALOGUE["names"]):
        pytest.skip("The challenges' numbers belong to makemore's names.txt; set MAKEMORE_DATA to its folder.")
    lab.address = fresh_server.address
    lesson = LESSONS[name]
    begin(lab, lesson)
    walk(lab, lesson, STATIONS[name])
    stands_at(lab, "challenge")
    CHALLENGES[name](lab)
    expect(card(lab).locator(MET)).to_have_count(len(lesson.challenges), timeout=LONG_ENOUGH)
    overview(lab)
    expect(part_of(lab, name)).to_contain_text(f"{len(lesson.stations)} of {len(lesson.stations)} stations")
    expect(part_of(lab, name).locator(MET)).to_have_count(len(lesson.challenges))
    expect(part_of(lab, name).get_by_role("button", name="Once more")).to_be_visible()
