"""What comes late, over a slow connection or after a page was left, must not undo what was chosen since."""

import pytest
from playwright.sync_api import expect

from pages.ui.live import QUICK, SOON_CALM
from tests.browser.lab import SMALL, Lab

DELAY = 1200  # milliseconds; the page refreshes itself three times in between
UNTIL_CALM = 1000 * SOON_CALM + 3 * DELAY


@pytest.fixture
def slow_lab(lab: Lab) -> Lab:
    lab.page.add_init_script(DELAY_WHAT_ARRIVES.replace("DELAY", str(DELAY)))
    return lab


@pytest.mark.long
def test_a_new_run_stays_the_chosen_one(slow_lab: Lab):
    slow_lab.open(f"/?{SMALL}")
    slow_lab.play()
    first, title = slow_lab.chosen_run, slow_lab.run_picker.input_value()
    slow_lab.new_run()
    expect(slow_lab.run_picker).not_to_have_value(title)
    second = slow_lab.chosen_run
    slow_lab.page.wait_for_timeout(3 * DELAY)
    assert slow_lab.chosen_run == slow_lab.parameters["run"] == second
    slow_lab.stop()
    slow_lab.choose("Run", first)
    expect(slow_lab.state).to_have_text("running")


@pytest.mark.long
def test_a_chosen_preset_stays_chosen(slow_lab: Lab):
    slow_lab.open(f"/?{SMALL}")
    slow_lab.play()
    slow_lab.choose("Preset", "lecture3-deep")
    expect(slow_lab.field("Model")).to_have_value("Deep MLP")
    slow_lab.page.wait_for_timeout(UNTIL_CALM)  # then the whole page is drawn anew
    assert slow_lab.field("Preset").input_value() == slow_lab.parameters["preset"] == "lecture3-deep"
    assert set(slow_lab.parameters) == {"v", "preset", "run"}
    expect(slow_lab.page.locator(".stAlert")).to_have_count(0)


def test_a_refresh_of_a_page_that_was_left_changes_nothing(lab: Lab):
    lab.page.add_init_script(REMEMBER_WHAT_IS_SENT)
    lab.open(f"/?{SMALL}")
    lab.play()
    lab.page.wait_for_timeout(1000 * QUICK + 500)  # the page's last word was a refresh
    lab.page.evaluate("window.late = window.sent")
    lab.go_to("Inside")
    lab.page.evaluate("() => { const [socket, message] = window.late; socket.send(message); }")
    lab.page.wait_for_timeout(1000)
    expect(lab.page.get_by_role("heading", name="Inside", exact=True)).to_be_visible()
    lab.stop()


@pytest.mark.long
def test_a_click_that_arrives_late_finds_what_the_browser_has_dropped_meanwhile(lab: Lab):
    lab.page.add_init_script(REMEMBER_WHAT_IS_SENT)
    lab.open("/next_character?preset=lecture3-batchnorm")
    top_k, sentence = lab.page.get_by_role("slider", name="Top k"), lab.page.locator(".st-key-next_facts")

    def turn(key: str) -> None:
        before = top_k.get_attribute("aria-valuenow")
        top_k.press(key)
        expect(top_k).not_to_have_attribute("aria-valuenow", before or "")
        lab.page.wait_for_timeout(DELAY)

    turn("ArrowRight")
    turn("ArrowLeft")
    lab.page.evaluate("window.late = window.sent")  # a click that the chart of the beginning was there for
    for _ in range(4):
        turn("ArrowRight")  # it is there no more
    lab.page.evaluate("() => { const [socket, message] = window.late; socket.send(message); }")
    lab.page.wait_for_timeout(DELAY)
    expect(sentence).to_be_visible()


REMEMBER_WHAT_IS_SENT = """
window.WebSocket = class extends WebSocket {
  send(message) {
    window.sent = [this, message];
    super.send(message);
  }
};
"""
DELAY_WHAT_ARRIVES = """
window.WebSocket = class extends WebSocket {
  addEventListener(type, listener, options) {
    const later = event => setTimeout(() => listener(event), DELAY);
    super.addEventListener(type, type === "message" ? later : listener, options);
  }
};
"""
