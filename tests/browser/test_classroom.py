"""A class before one server: everybody sees all runs, changes their own, forks others'; the teacher may do all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from makemore_core.access import name_of
from makemore_core.training.store import RunStore
from tests.browser.conftest import PATIENCE, running
from tests.browser.lab import SMALL, Lab
from tests.browser.server import AS_CLASSROOM, TEACHERS_KEY, Server
from tests.browser.watch import Watch

Person = Callable[..., Lab]


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from running(tmp_path_factory.mktemp("classroom"), AS_CLASSROOM)


@pytest.fixture
def person(browser: Browser, classroom: Server) -> Iterator[Person]:
    """Somebody with a browser of their own, who says a name if they have one."""
    watches: list[Watch] = []

    def sits_down(name: str = "", path: str = "/") -> Lab:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE)
        watches.append(Watch(context))
        lab = Lab(context.new_page(), classroom.address)
        lab.open(path)
        if name:
            say_name(lab.page, name)
        return lab

    yield sits_down
    assert [fault for watch in watches for fault in watch.faults] == []


def say_name(page: Page, name: str) -> None:
    page.locator(".st-key-ask_who input").fill(name)
    page.get_by_role("button", name="That is me").click()
    expect(page.locator(".st-key-ask_who")).to_have_count(0)


@pytest.mark.long
def test_each_changes_their_own_and_the_teacher_all(person: Person, classroom: Server) -> None:
    ana = person("Ana <b>", f"/?{SMALL}")
    ana.play()
    run = ana.chosen_run

    ben = person("Ben", f"/?run={run}")
    expect(ben.page.locator(".st-key-standing")).to_contain_text("by Ana <b>")
    ben.button("Stop").click()
    expect(ben.info).to_contain_text(
        "Only Ana <b> or the teacher may stop this run; fork it to go on with it as your own."
    )
    expect(ben.state).to_have_text("running")
    ben.page.get_by_role("button", name="Fork here").click()
    ben.page.locator(".st-key-fork_now button").click()
    expect(ben.page.locator(".st-key-standing")).to_contain_text("by Ben")
    assert ben.chosen_run != run
    ben.stop()
    expect(ana.state).to_have_text("running")

    teacher = person(path=f"/health#teacher={TEACHERS_KEY}")
    expect(teacher.page.locator(".st-key-who")).to_contain_text("Teacher")
    assert TEACHERS_KEY not in teacher.page.url
    teacher.page.locator(f".st-key-stop_{run} button").click()
    expect(ana.state).to_have_text("stopped")
    store = RunStore(classroom.store)
    assert {name_of(row.owner) for row in store.runs()} == {"Ana <b>", "Ben"}
    store.close()


@pytest.mark.long
def test_a_browser_is_known_again_in_another_tab_and_after_a_reload(person: Person) -> None:
    cleo = person("Cleo", f"/?{SMALL}")
    cleo.play()
    cleo.reload()
    other = cleo.another_tab(f"/inside?run={cleo.chosen_run}")
    for lab in (cleo, other):
        expect(lab.page.locator(".st-key-who")).to_contain_text("Cleo")
        expect(lab.page.locator(".st-key-ask_who")).to_have_count(0)
    other.stop()
    expect(cleo.state).to_have_text("stopped")


@pytest.mark.long
def test_who_has_said_no_name_looks_only_and_one_run_each(person: Person) -> None:
    silent = person(path=f"/?{SMALL}")
    silent.button("Play").click()
    expect(silent.info).to_contain_text("Say your name at the top of the page, then you may start a run.")
    say_name(silent.page, "Dora")
    silent.play()
    run = silent.chosen_run
    silent.new_run()
    expect(silent.info).to_contain_text(f"your run '{run}' is running; stop it first")
    silent.button("Reset").click()
    expect(silent.state).to_have_text("paused")
    assert silent.chosen_run != run
    silent.stop()


@pytest.mark.long
def test_the_teachers_key_is_typed_and_a_wrong_one_refused(person: Person) -> None:
    lab = person("Eva")
    for key, answer in (("a wrong key", "This is not the teacher's key"), (TEACHERS_KEY, None)):
        lab.page.locator(".st-key-who button").first.click()
        lab.page.get_by_label("The teacher's key").fill(key)
        lab.page.get_by_label("The teacher's key").press("Enter")
        if answer:
            expect(lab.info).to_contain_text(answer)
            lab.page.keyboard.press("Escape")
    lab.page.locator(".st-key-who button").first.click()
    expect(lab.page.get_by_role("button", name="Be one of the class again")).to_be_visible()


@pytest.mark.long
def test_without_a_mode_a_public_server_shows_the_reason_alone(tmp_path: Path, tab: Page) -> None:
    command = "-m streamlit run app.py --server.headless true --server.address 0.0.0.0 --server.port"
    for server in running(tmp_path, command):
        tab.goto(server.address)
        expect(tab.get_by_text("no mode was chosen")).to_be_visible()
        expect(tab.get_by_text("makemore_core serve --address 0.0.0.0 --mode classroom")).to_be_visible()
        expect(tab.get_by_test_id("stTopNav")).to_have_count(0)
        tab.goto(f"{server.address}/inside")
        expect(tab.get_by_text("no mode was chosen")).to_be_visible()
        assert not server.store.exists()
