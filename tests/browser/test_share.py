"""Sharing in a browser: a teacher's link shows and locks what it says, and the dialog's link opens elsewhere."""

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.lab import SMALL, Lab
from tests.browser.test_pages import PHONE
from tests.browser.watch import Watch

LIMITS = "pages=train,inside&hide=more,batch_size&lock=optimizer.learning_rate,preset"


def links(lab: Lab) -> Locator:
    """What stands in the bar at the top: pages and groups of pages."""
    return lab.page.get_by_test_id("stTopNav").locator("a, button")


def assert_limited(lab: Lab) -> None:
    expect(links(lab)).to_have_text(["play_circleTrain", "How it learns"])
    assert {"pages", "hide", "lock"} <= lab.parameters.keys()


def test_a_teachers_link_hides_and_locks_what_it_says(lab: Lab):
    lab.open(f"/?{SMALL}&{LIMITS}")
    assert_limited(lab)
    form = lab.page.get_by_test_id("stSidebarUserContent")
    expect(form.get_by_role("combobox", name="Preset")).to_be_disabled()
    expect(form.get_by_role("slider", name="Learning rate")).to_be_disabled()
    expect(form.get_by_role("slider", name="Steps")).to_be_enabled()
    expect(form.get_by_role("slider", name="Batch size")).to_have_count(0)
    expect(form.get_by_text("More", exact=True)).to_have_count(0)
    lab.go_to("Inside")
    assert_limited(lab)
    lab.page.goto(f"{lab.address}/datasets?{LIMITS}")
    expect(lab.page.get_by_text("has put this page away")).to_be_visible()
    lab.page.get_by_role("button", name="See everything").click()
    expect(links(lab)).not_to_have_count(2)
    lab.wait_for_charts()
    assert {"pages", "hide", "lock"}.isdisjoint(lab.parameters)


@pytest.mark.long
def test_the_dialogs_link_opens_the_same_settings_in_a_fresh_browser(lab: Lab, browser: Browser):
    lab.open(f"/?{SMALL}&seed=7")
    lab.play()
    share(lab)
    choose(lab, "Pages that are shown", "Train")
    choose(lab, "Pages that are shown", "Inside")
    choose(lab, "Settings that are locked", "Seed")
    expect(dialog(lab).get_by_text("2 pages of")).to_be_visible()
    lab.wait_for_step(1_000)  # the page behind the dialog goes on, and leaves it open
    link = dialog(lab).locator("code").inner_text()
    close(lab)
    lab.stop()

    context = browser.new_context()
    watch = Watch(context)
    fresh = Lab(context.new_page(), lab.address)
    fresh.page.goto(link)
    fresh.wait_for_charts()
    assert fresh.chosen_run == lab.chosen_run
    expect(links(fresh)).to_have_count(2)
    fresh.page.get_by_text("More", exact=True).click()
    expect(fresh.page.get_by_role("spinbutton", name="Seed", exact=True)).to_have_value("7")
    expect(fresh.page.get_by_role("spinbutton", name="Seed", exact=True)).to_be_disabled()
    assert fresh.parameters == lab.parameters | {"pages": "train,inside", "lock": "seed"}
    assert watch.faults == []
    context.close()


@pytest.mark.long
def test_the_dialog_fits_a_phone(lab: Lab):
    lab.page.set_viewport_size(PHONE)
    lab.open(f"/?{SMALL}")
    share(lab)
    box = dialog(lab).bounding_box()
    assert box is not None
    assert box["width"] <= PHONE["width"]
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    close(lab)


def dialog(lab: Lab) -> Locator:
    return lab.page.get_by_role("dialog")


def share(lab: Lab) -> None:
    lab.page.get_by_role("button", name="Share").click()
    expect(dialog(lab)).to_be_visible()


def choose(lab: Lab, label: str, name: str) -> None:
    """Take one more option of a list."""
    dialog(lab).get_by_role("combobox", name=label).fill(name)
    lab.page.get_by_role("option", name=name, exact=True).click()
    lab.page.keyboard.press("Tab")


def close(lab: Lab) -> None:
    lab.page.keyboard.press("Escape")
    expect(dialog(lab)).to_have_count(0)
