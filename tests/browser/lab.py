"""The dashboard as a person sees it: what stands in the bar, what the loss chart shows, what can be pressed."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Locator, Page, expect

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

    def leave(self) -> None:
        """Leave the dashboard before its server ends: a page without one would fill the console."""
        self.page.goto("about:blank")

    def another_tab(self, path: str = "/") -> "Lab":
        lab = Lab(self.page.context.new_page(), self.address)
        lab.open(path)
        return lab

    def wait_for_charts(self) -> None:
        expect(self.page.locator(".live-chart, .recording").first).to_be_visible()
        expect(self.page.locator(".st-key-standing")).to_be_visible()  # not the arrival's picture alone
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

    def leave_nothing_running(self) -> None:
        """Stop the chosen run; one that reaches its last step first is over as well."""
        if self.button("Stop").is_visible() and self.button("Stop").is_enabled():
            self.button("Stop").click()
            expect(self.state).to_have_text(OVER)

    def new_run(self) -> None:
        self.page.get_by_role("button", name="New run").click()

    def field(self, label: str) -> Locator:
        """A list to choose from."""
        return self.page.get_by_role("combobox", name=label, exact=True)

    def choose(self, label: str, option: str) -> None:
        """Take the option of a list that begins with these words; a long list shows it when they are typed.

        Scrolling closes a list that is open, so the field comes into view before.
        """
        self.field(label).scroll_into_view_if_needed()
        self.page.evaluate(NEXT_FRAME)
        self.field(label).fill(option)
        self.page.get_by_role("option").filter(has_text=re.compile(f"^{re.escape(option)}")).first.click()

    def button(self, name: str) -> Locator:
        return self.page.locator(".st-key-bar").get_by_role("button", name=name)

    @property
    def state(self) -> Locator:
        """The word for what the chosen run is doing."""
        return self.page.locator(".st-key-standing .stMarkdownBadge")

    @property
    def step(self) -> Locator:
        """The number of steps done."""
        return self.page.locator(".st-key-standing strong")

    @property
    def step_number(self) -> int:
        return int(self.step.inner_text().replace(",", ""))

    def wait_for_step(self, wanted: int) -> None:
        """Until at least so many steps are done."""
        self.page.wait_for_function(HAS_REACHED, arg=wanted)

    def go_to(self, title: str) -> None:
        """Another page, by its link."""
        self.press_link(title)
        expect(self.page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        expect(self.page).to_have_title(f"{title} · Makemore Lab")
        self.wait_for_charts()

    def press_link(self, title: str) -> None:
        """A page's link in the bar at the top, or in the menu of its group there."""
        link = self.page.locator(PAGE_LINK).filter(has_text=title)
        expect(self.groups.or_(link).first).to_be_visible()
        for group in self.groups.all():
            if link.is_visible():
                break
            group.click()
            expect(self.page.locator(GROUPS_LINK.format(group.get_attribute("aria-controls"))).first).to_be_visible()
        link.click()

    @property
    def groups(self) -> Locator:
        """The menus of pages."""
        return self.page.get_by_test_id("stTopNavSection")

    def scrub_to(self, stop: int) -> None:
        """Drag the line of time to one of its stops, counted from the left."""
        self.page.locator(".time-scrubber input").fill(str(stop))

    @property
    def looked_at(self) -> Locator:
        """The step that the panels look back to, in words."""
        return self.page.locator(".time-scrubber output")

    @property
    def flags(self) -> Locator:
        """What the loss chart says of changes on the way."""
        return self.page.locator(".st-key-loss .annotation")

    @property
    def flag_lines(self) -> list[float]:
        """Where their lines stand, in steps."""
        return self.page.evaluate(FLAG_LINES)

    def choose_speed(self, name: str) -> None:
        self.choose("Speed", name)
        expect(self.field("Speed")).to_have_value(name)

    def title_of(self, chart: str) -> Locator:
        return self.page.locator(f".st-key-{chart} .gtitle")

    def milliseconds_to_redraw(self, chart: str, press: Callable[[], None]) -> float:
        """From the key that press() strikes to another title over a chart."""
        title = self.title_of(chart).text_content() or ""
        self.page.evaluate(NOTE_WHEN_REDRAWN, [f".st-key-{chart}", title])
        press()
        expect(self.title_of(chart)).not_to_have_text(title)
        return self.page.evaluate("window.redrawn - window.pressed")

    def points(self, chart: str) -> list[list[float]]:
        """Where a chart's first trace has its points."""
        return self.page.evaluate(POINTS, f".st-key-{chart} .live-chart")

    def heights(self, chart: str) -> list[float]:
        return [y for _, y in self.points(chart)]

    @property
    def info(self) -> Locator:
        return self.page.get_by_test_id("stAlertContentInfo")

    @property
    def names_now(self) -> Locator:
        return self.page.locator(".names .now")

    @property
    def run_picker(self) -> Locator:
        return self.field("Run")

    @property
    def chosen_run(self) -> str:
        return self.run_picker.input_value().partition(" ")[0]

    @property
    def parameters(self) -> dict[str, str]:
        """What the address says after its question mark."""
        return {key: values[0] for key, values in parse_qs(urlparse(self.page.url).query).items()}


PAGE_LINK = "[data-testid=stTopNavLink], [data-testid=stTopNavDropdownLink]"
GROUPS_LINK = "[id='{}'] a"
NEXT_FRAME = "() => new Promise(shown => requestAnimationFrame(() => requestAnimationFrame(shown)))"
POINTS = """chart => {
  const { x, y } = document.querySelector(chart)._fullData[0];
  return Array.from(x, (value, i) => [value, y[i]]);
}"""
NOTE_WHEN_REDRAWN = """([name, title]) => {
  const chart = document.querySelector(name);
  document.addEventListener("keydown", () => { window.pressed = performance.now(); }, { once: true, capture: true });
  new MutationObserver((_, observer) => {
    if (chart.querySelector(".gtitle")?.textContent === title) return;
    window.redrawn = performance.now();
    observer.disconnect();
  }).observe(chart, { subtree: true, childList: true, characterData: true });
}"""
FLAG_LINES = """() => document.querySelector(".st-key-loss .live-chart").layout.shapes
  .filter(({ line }) => line.dash === "dot").map(({ x0 }) => x0)"""
OVER = re.compile("stopped|finished")
HAS_REACHED = """wanted => {
  const step = document.querySelector(".st-key-standing strong").innerText;
  return Number(step.replaceAll(",", "")) >= wanted;
}"""
