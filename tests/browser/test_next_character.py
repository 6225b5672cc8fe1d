"""The Next character page in a real browser: typed, chosen, rolled and compared, with the numbers of the store."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from makemore_core.catalogue import SHIPPED
from makemore_core.inspection.completions import likeliest
from makemore_core.inspection.expectations import AS_IT_IS, Expectations, expectations
from makemore_core.inspection.occlusion import average, occlusion
from makemore_core.presets import preset_named
from makemore_core.sampling import SamplingConfig, sample
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from makemore_core.training.untrained import TrainedModel
from tests.browser.lab import SMALL, Lab
from tests.browser.server import Server
from tests.rounds import some

ALPHABETS = ("élodie", "дмитрий", "नीति", "प्रिया", "😀👍🏽x", "a.b", "<b>x")
SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "mlp": ("lecture3-kaiming", {"model.n_hidden": 32, "max_steps": 1_000, "data.dataset": SHIPPED}),
    "gpt": ("makemore-transformer", {"model.n_layers": 2, "model.n_embd": 16, "max_steps": 20}),
    "count": ("lecture1-counting", {}),
    "text": ("lecture3-kaiming", {"model.n_hidden": 16, "max_steps": 300, "data.dataset": "python-docs"}),
}
VIEWS = ("Next", "Which letter mattered", "Attention", "Dice", "Two models", "Completions")
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    return own_server


@pytest.fixture(scope="module")
def store(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunStore]:
    """The store of finished runs, one on an alphabet of every kind among them: `strange`."""
    words = tmp_path_factory.mktemp("alphabets") / "words.txt"
    words.write_text("\n".join(ALPHABETS * 8), encoding="utf-8")
    store = RunStore(server.store)
    manager = RunManager(store)
    strange = {"model.n_hidden": 16, "max_steps": 200, "data.dataset": str(words)}
    for name, (preset, settings) in (SETTINGS | {"strange": ("lecture3-kaiming", strange)}).items():
        config = preset_named(preset).config.with_values({"data.dataset": SHIPPED} | settings)
        manager.start(config, name=name).join(timeout=None)
    yield store
    store.close()


def model(store: RunStore, run: str, step: int | None = None) -> TrainedModel:
    return RunManager(store).trained_model(run, step)


def expected(found: TrainedModel, text: str, setting: SamplingConfig = AS_IT_IS) -> Expectations:
    return expectations(found.model, found.dataset.vocabulary.encode(text), setting)


def type_in(lab: Lab, text: str) -> None:
    lab.page.get_by_label(re.compile("^A (name|line) begins with$")).fill(text)
    expect(tiles(lab)).to_have_count(len(text) + 1)


def tiles(lab: Lab) -> Locator:
    """The letters of the word, and the place of the next."""
    return lab.page.locator(".hero").get_by_role("radio")


def bars(lab: Lab, trace: int, chart: str = "next_character") -> list[float]:
    """The heights of a chart's bars."""
    return lab.page.evaluate(BARS, [f".st-key-{chart} .live-chart", trace])


@pytest.mark.parametrize("run", ["count", *(pytest.param(run, marks=pytest.mark.long) for run in ("mlp", "gpt"))])
def test_each_letter_stands_over_its_bits_and_opens_its_own_bars(run: str, lab: Lab, store: RunStore):
    lab.open(f"/next_character?run={run}")
    type_in(lab, "emma")
    seen = expected(model(store, run), "emma")
    for i, bits in enumerate(seen.bits):
        expect(tiles(lab).nth(i)).to_have_accessible_name(re.compile(f"^{'emma'[i]}, {bits:.1f} bits"))
    expect(tiles(lab).last).to_have_attribute("aria-checked", "true")
    for i in (4, 0, 2):
        tiles(lab).nth(i).click()
        expect(lab.title_of("next_character")).to_contain_text(f"after “{'emma'[:i]}”")
        lab.page.wait_for_function(SUMS_TO_1)
        assert bars(lab, 0) == pytest.approx(seen.own[i].tolist(), abs=1e-6)
    expect(lab.page.locator(".st-key-next_facts")).to_contain_text(f"‘m’ came: {seen.bits[2]:.2f} bits")


@pytest.mark.long
def test_the_arrow_keys_choose_a_letter_and_move_no_time(lab: Lab, store: RunStore):
    lab.open("/next_character?run=mlp")
    type_in(lab, "ava")
    tiles(lab).last.focus()
    for word in ("av", "a", ""):
        lab.page.keyboard.press("ArrowLeft")
        expect(lab.title_of("next_character")).to_contain_text(f"after “{word}”")
    lab.page.keyboard.press("End")
    expect(lab.title_of("next_character")).to_contain_text("after “ava”")
    lab.page.keyboard.press("Space")
    expect(lab.looked_at).to_have_text("now")
    expect(lab.state).to_have_text("finished")


def test_temperature_top_k_and_top_p_redraw_the_bars_at_once(lab: Lab, store: RunStore):
    lab.open("/next_character?run=mlp")
    type_in(lab, "em")
    found = model(store, "mlp")
    for label, keys, setting in (
        ("Top k", ["ArrowRight"] * 5, SamplingConfig(top_k=5)),
        ("Top p", ["ArrowLeft"] * 30, SamplingConfig(top_k=5, top_p=0.7)),
    ):
        lab.page.get_by_role("slider", name=label).focus()
        for key in keys:
            lab.page.keyboard.press(key)
        wanted = expected(found, "em", setting).drawn[-1]
        lab.page.wait_for_function(BARS_ARE, arg=wanted.tolist())
        assert sum(bars(lab, 1)) == pytest.approx(1, abs=1e-5)
        assert sum(bars(lab, 0)) == pytest.approx(1, abs=1e-5)  # the ghost of the net's own
        struck = lab.page.locator(".st-key-next_character .xtick text").evaluate_all(STRUCK)
        assert struck == int((wanted == 0).sum())


@pytest.mark.long
def test_all_steps_are_those_of_the_core_and_follow_the_line_of_time(lab: Lab, store: RunStore):
    lab.open("/next_character?run=mlp")
    type_in(lab, "emma")
    for place in (0, 5):
        lab.scrub_to(place)
        step = int(re.sub(r"\D", "", lab.looked_at.inner_text()))
        expect(lab.title_of("next_character")).to_contain_text(f"step {step:,}")
        wanted = expected(model(store, "mlp", step), "emma").own
        lab.page.wait_for_function(CELLS_ARE, arg=wanted.tolist())


@pytest.mark.long
def test_which_letter_mattered_is_the_cores_answer(lab: Lab, store: RunStore):
    for run, sight in (("mlp", 3), ("gpt", 16), ("count", 1)):
        lab.open(f"/next_character?run={run}&ask=Which letter mattered")
        type_in(lab, "emma")
        lab.page.get_by_text("an average letter").click()
        lab.choose("What it speaks for", "n")
        found = model(store, run)
        vocabulary = found.dataset.vocabulary
        seen = occlusion(found.model, vocabulary.encode("emma"), average(found.dataset))
        lab.page.wait_for_function(SPEAKS_FOR, arg=seen.change[:, vocabulary.stoi["n"]].tolist())
        if sight < 4:
            expect(lab.page.get_by_text(f"out of the net's sight: it sees {sight}")).to_be_visible()


@pytest.mark.parametrize("motion", some(["no-preference", "reduce"], ["reduce"]))
def test_the_dice_roll_the_first_of_the_samplers_names(motion: Any, lab: Lab, store: RunStore):
    lab.page.emulate_media(reduced_motion=motion)
    lab.page.goto(f"{lab.address}/next_character?run=mlp&ask=Dice")
    type_in(lab, "em")
    found = model(store, "mlp")
    vocabulary = found.dataset.vocabulary
    (name, *_) = sample(found.model, 12, SamplingConfig(longest=20), vocabulary.encode("em"))
    throw = lab.page.get_by_role("button", name="One throw")
    word = lab.page.locator(".dice .word")
    expect(word).to_have_text("em")
    for letter in vocabulary.decode(name)[2:]:
        throw.click()
        expect(word.locator("b").last).to_have_text(letter)
        expect(lab.page.locator(".dice .hit")).to_have_count(1)
    throw.click()
    expect(word).to_have_text(f"{vocabulary.decode(name)}the name ends")
    expect(throw).to_be_disabled()
    lab.page.get_by_role("button", name="From the start").click()
    expect(word).to_have_text("em")


@pytest.mark.long
def test_the_dice_play_by_themselves_and_stop_at_the_end(lab: Lab, store: RunStore):
    lab.page.goto(f"{lab.address}/next_character?run=strange&ask=Dice")
    type_in(lab, "дмитри")
    lab.page.get_by_role("button", name="Roll slowly").press("Enter")
    expect(lab.page.locator(".dice .end")).to_be_visible()
    expect(lab.page.get_by_role("button", name="Roll slowly")).to_be_visible()
    expect(lab.state).to_have_text("finished")


@pytest.mark.long
def test_two_models_part_where_their_names_do(lab: Lab, store: RunStore):
    lab.open("/next_character?run=mlp&ask=Two models")
    type_in(lab, "em")
    expect(lab.field("As it was")).to_have_value("step 0")
    setting = SamplingConfig(longest=20)
    columns = []
    for step in (None, 0):
        found = model(store, "mlp", step)
        vocabulary = found.dataset.vocabulary
        columns.append([vocabulary.decode(n) for n in sample(found.model, 12, setting, vocabulary.encode("em"))])
    names = [name for pair in zip(*columns, strict=True) for name in pair]
    expect(lab.page.locator(".beside p")).to_have_text(names)
    lab.choose("Beside it", "gpt")
    expect(lab.page.locator(".beside header").last).to_contain_text("gpt")
    for trace in (0, 1):
        assert sum(bars(lab, trace, "two_models")) == pytest.approx(1, abs=1e-5)
    type_in(lab, "")
    lab.choose("Beside it", "strange")
    expect(lab.page.get_by_text("Their alphabets differ: only the first knows")).to_be_visible()


@pytest.mark.long
def test_beginnings_are_completed_the_likeliest_first(lab: Lab, store: RunStore):
    lab.page.goto(f"{lab.address}/next_character?run=mlp&ask=Completions")
    lab.page.get_by_label("Beginnings, separated by commas").fill("jo, mar, <b>")
    expect(lab.page.locator(".completions header")).to_have_text(["jo", "mar", "<b>"])
    found = model(store, "mlp")
    for prefix, best in zip(("jo", "mar"), lab.page.locator(".completions .best").all(), strict=True):
        (likely,) = likeliest(found.model, found.dataset.vocabulary.encode(prefix))
        expect(best).to_contain_text(f"{likely.bits:.1f} bits")
        name = found.dataset.vocabulary.decode(list(likely.tokens))
        expect(best.locator("span")).to_have_text(name if name != prefix else f"{prefix}·")
    expect(lab.page.locator(".completions")).to_contain_text("The data set has no '<'")


@pytest.mark.long
@pytest.mark.parametrize("word", ALPHABETS)
def test_every_alphabet_is_shown_as_itself(word: str, lab: Lab, store: RunStore):
    lab.open("/next_character?run=strange")
    type_in(lab, word)
    lab.page.wait_for_function(SUMS_TO_1)
    assert bars(lab, 0) == pytest.approx(expected(model(store, "strange"), word).own[-1].tolist(), abs=1e-6)
    tiles(lab).nth(1).click()
    expect(lab.title_of("next_character")).to_contain_text(f"after “{word[0]}”")


@pytest.mark.long
def test_a_texts_bars_sum_to_1_with_all_others_in_one(lab: Lab, store: RunStore):
    lab.open("/next_character?run=text")
    type_in(lab, "The name")
    lab.page.wait_for_function(SUMS_TO_1)
    lab.page.get_by_text("by probability").click()
    lab.page.wait_for_function(FALLING)
    assert sum(bars(lab, 1)) == pytest.approx(1, abs=1e-5)


@pytest.mark.long
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("run", ["gpt", "text"])
def test_a_phone_never_scrolls_sideways(run: str, view: str, lab: Lab, store: RunStore):
    lab.page.set_viewport_size(PHONE)  # pyright: ignore[reportArgumentType]
    lab.page.goto(f"{lab.address}/next_character?run={run}&ask={view}")
    expect(tiles(lab).first).to_be_visible()
    expect(lab.page.get_by_test_id("stButtonGroup").get_by_text(view, exact=True).first).to_be_visible()
    assert lab.page.locator("[data-testid=stMain]").evaluate("main => main.scrollWidth") <= PHONE["width"]


@pytest.mark.long
def test_what_is_typed_and_chosen_holds_while_a_run_trains(lab: Lab):
    lab.open(f"/next_character?{SMALL}")
    lab.play()
    type_in(lab, "olivia")
    tiles(lab).nth(3).click()
    lab.wait_for_step(lab.step_number + 2_000)
    expect(tiles(lab)).to_have_count(7)
    expect(tiles(lab).nth(3)).to_have_attribute("aria-checked", "true")
    expect(lab.title_of("next_character")).to_contain_text("after “oli”")
    for view in (*VIEWS[1:], VIEWS[0]):
        lab.page.get_by_test_id("stButtonGroup").get_by_text(view, exact=True).first.click()
        expect(lab.page).to_have_url(re.compile("ask=" + view.replace(" ", r"(\+|%20)")))
        lab.wait_for_step(lab.step_number + 500)
    lab.stop()


BARS = "([chart, trace]) => Array.from(document.querySelector(chart)._fullData[trace].y)"
NEAR = "(a, b) => a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) < 1e-5)"
CHART = "(name) => document.querySelector(`.st-key-${name} .live-chart`)?._fullData"
SUMS_TO_1 = f"""() => {{
  const traces = ({CHART})("next_character");
  return traces?.every(({{ y }}) => Math.abs(Array.from(y).reduce((a, b) => a + b) - 1) < 1e-5);
}}"""
BARS_ARE = f"wanted => ({NEAR})(Array.from(({CHART})('next_character')[1].y), wanted)"
CELLS_ARE = f"""wanted => {{
  const cells = Array.from(({CHART})("all_steps")[0].z);
  return cells.length === wanted.length && cells.every((row, i) => ({NEAR})(Array.from(row), wanted[i]));
}}"""
SPEAKS_FOR = f"wanted => ({NEAR})(Array.from(({CHART})('speaks_for')[0].y), wanted)"
FALLING = f"""() => {{
  const heights = Array.from(({CHART})("next_character")[0].y).slice(0, -1);
  return heights.every((value, i) => i === 0 || value <= heights[i - 1]);
}}"""
STRUCK = "ticks => ticks.filter(tick => tick.innerHTML.includes('line-through')).length"
