"""The dashboard as a person sees it: what stands in the bar, what the loss chart shows, what can be pressed."""

import re
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Locator, Page, expect

LOSS_CHART = ".st-key-loss .live-chart"
SMALL = "preset=seed000-layers&model.n_hidden=16&max_steps=1000000"  # a fast net that does not end by itself


class Lab:
    """One tab with the dashboard in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def open(self, path: str = "/") -> None:
        """Go to a page by its own address, and wait for its charts."""
        self.page.goto(self.address + path)
        self.wait_for_charts()

    def reload(self) -> None:
        self.page.reload()
        self.wait_for_charts()

    def wait_for_charts(self) -> None:
        expect(self.page.locator(".live-chart").first).to_be_visible()
        expect(self.page.locator(".live-chart:not(:has(svg.main-svg path))")).to_have_count(0)

    def play(self) -> None:
        self.button("Play").click()
        expect(self.state).to_have_text("running")

    def pause(self) -> None:
        self.button("Pause").click()
        expect(self.state).to_have_text("paused")

    def stop(self) -> None:
        self.button("Stop").click()
        expect(self.state).to_have_text("stopped")

    def wait_for_step(self, step: int) -> None:
        """Wait until the run has come that far."""
        reached = f"() => Number({STEP_IN_PAGE}) >= {step}"
        self.page.wait_for_function(reached)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    @property
    def state(self) -> Locator:
        return self.page.locator(".st-key-standing").get_by_test_id("stBadge")

    @property
    def info(self) -> Locator:
        return self.page.get_by_test_id("stAlertContentInfo")

    @property
    def names_now(self) -> Locator:
        return self.page.locator(".names .now")

    @property
    def chosen_run(self) -> str:
        """The run that the bar names."""
        return self.page.get_by_role("combobox", name="Run").input_value().partition(" ")[0]

    @property
    def parameters(self) -> dict[str, str]:
        """What the address says."""
        return {key: values[0] for key, values in parse_qs(urlparse(self.page.url).query).items()}
