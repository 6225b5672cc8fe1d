"""One's own data in a browser: any alphabet comes in, is shown literally, mended, and learnt by a real run."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from makemore_core.datasets import load_dataset
from tests.browser.lab import Lab
from tests.browser.server import Server
from tests.data.odd_files import ACCENTS, CYRILLIC, DEVANAGARI, EMOJI, HOSTILE, TEXT

SMALL_NET = "preset=seed000-layers&model.n_hidden=16&max_steps=3000"


@pytest.fixture(autouse=True)
def same_store(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server keeps, this process finds."""
    monkeypatch.setenv("MAKEMORE_STORE", str(server.store))


def test_a_pasted_list_is_learnt_by_a_real_run(lab: Lab):
    lab.open(f"/datasets?{SMALL_NET}")
    begin(lab, "Paste it")
    paste(lab, "\n".join(CYRILLIC * 3))
    expect(samples(lab)).to_contain_text("щукин")
    keep(lab, "имена")
    lab.page.get_by_role("button", name="Train on this").click()
    expect(lab.page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    lab.wait_for_charts()
    assert lab.parameters["data.dataset"] == "имена"
    lab.button("Play").click()
    expect(lab.state).to_have_text("finished")
    names = lab.names_now.locator("p > *").all_inner_texts()
    assert names
    assert set("".join(names)) <= set("".join(CYRILLIC)) | {"·"}
    assert len(set("".join(names))) > 5
    lab.reload()
    expect(lab.names_now).to_contain_text(names[0])


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "words"),
    [("prénoms", ACCENTS), ("emoji", EMOJI), ("नाम", DEVANAGARI)],
    ids=["accents", "emoji", "devanagari"],
)
def test_an_uploaded_list_of_any_alphabet_is_looked_at(name: str, words: tuple[str, ...], lab: Lab, tmp_path: Path):
    lab.open("/datasets")
    begin(lab, "Upload a file")
    upload(lab, tmp_path / f"{name}.txt", "\r\n".join(words).encode("utf-16"))
    expect(lab.page.get_by_text(re.compile(f"^{len(words)} names, .* with the end of a name"))).to_be_visible()
    keep(lab, name)
    assert load_dataset(name).words == words
    for word in words:
        expect(samples(lab)).to_contain_text(word)
    expect(lab.page.locator(".st-key-letters .xtick text").first).to_be_visible()


@pytest.mark.long
def test_an_uploaded_text_is_read_as_one(lab: Lab, tmp_path: Path):
    lab.open("/datasets")
    begin(lab, "Upload a file")
    lab.page.get_by_role("radio", name="Running text").click()
    upload(lab, tmp_path / "hamlet.txt", TEXT.encode())
    expect(lab.page.get_by_text(re.compile("^2 lines, .* with the end of a line"))).to_be_visible()
    keep(lab, "hamlet")
    lab.page.get_by_role("radio", name="Split").click()
    expect(lab.page.get_by_text("A text is split by place")).to_be_visible()
    assert load_dataset("hamlet").is_text


@pytest.mark.long
def test_a_file_in_another_encoding_says_where_and_is_read_when_it_is_named(lab: Lab, tmp_path: Path):
    lab.open("/datasets")
    begin(lab, "Upload a file")
    upload(lab, tmp_path / "western.txt", "zoë\nchloé\n".encode("cp1252") * 6)
    warning = lab.page.get_by_test_id("stAlertContentWarning")
    expect(warning).to_contain_text("byte 2 in line 1 is 0xeb")
    lab.choose("Encoding", "Western European")
    expect(samples(lab)).to_contain_text("chloé")
    expect(warning).to_have_count(0)


@pytest.mark.long
def test_an_archive_is_refused_and_nothing_is_kept(lab: Lab, tmp_path: Path):
    lab.open("/datasets")
    begin(lab, "Upload a file")
    upload(lab, tmp_path / "names.txt", b"PK\x03\x04" + bytes(100))
    expect(lab.page.get_by_test_id("stAlertContentWarning")).to_contain_text("is a ZIP archive")
    expect(lab.page.get_by_role("button", name="Keep it")).to_have_count(0)


@pytest.mark.long
def test_lint_is_mended_and_the_mended_list_is_kept(lab: Lab):
    lab.open("/datasets")
    begin(lab, "Paste it")
    paste(lab, "\n".join([*ACCENTS, "élise", "e\u0301lise", "zo\u200be"]))
    keep(lab, "faulty")
    lab.page.get_by_role("radio", name=re.compile("^Lint")).click()
    expect(fault(lab, "invisible")).to_contain_text("U+200B zero width space")
    expect(fault(lab, "invisible").locator("code")).to_have_text("zo200Be")
    for check, title in {"duplicates": "Deduplicate", "invisible": "Strip", "normal-forms": "Normalise"}.items():
        fault(lab, check).get_by_role("button", name=title).first.click()
        expect(fault(lab, check).get_by_role("button", name=title).first).to_have_attribute("kind", "primary")
    expect(lab.page.get_by_text("14 lines become 12")).to_be_visible()
    lab.page.get_by_role("button", name="Keep as a data set of your own").click()
    expect(listed(lab, "faulty-mended")).to_be_checked()
    assert load_dataset("faulty-mended").words == (*ACCENTS, "zoe")
    expect(fault(lab, "invisible")).to_have_count(0)


@pytest.mark.long
def test_a_deleted_list_comes_back(lab: Lab):
    lab.open("/datasets")
    begin(lab, "Paste it")
    paste(lab, "\n".join(CYRILLIC))
    keep(lab, "fleeting")
    lab.page.get_by_role("button", name="Delete").click()
    expect(listed(lab, "fleeting")).to_have_count(0)
    lab.page.get_by_role("button", name="Bring back fleeting").click()
    expect(listed(lab, "fleeting")).to_be_checked()
    assert load_dataset("fleeting").words == CYRILLIC


def test_hostile_strings_are_shown_literally(lab: Lab):
    lab.open("/datasets")
    begin(lab, "Paste it")
    paste(lab, "\n".join((*HOSTILE, *HOSTILE)))
    literally(lab)
    keep(lab, "hostile")
    literally(lab)
    letters = lab.page.locator(".st-key-first_letters .xtick text")
    assert {"<", "*", "`", "$", "="} <= set(letters.all_text_contents())
    lab.page.get_by_role("radio", name="Split").click()
    expect(lab.page.locator(".first-words p").first).to_be_visible()
    expect(lab.page.locator(".first-words").locator("b, script, em, a, .katex")).to_have_count(0)
    lab.page.get_by_role("radio", name=re.compile("^Lint")).click()
    expect(fault(lab, "duplicates").locator("code").first).to_have_text("<b>x</b>")
    expect(lab.page.locator(".lines b, .lines script, .lines em, .lines .katex")).to_have_count(0)


def literally(lab: Lab) -> None:
    for word in HOSTILE:
        expect(samples(lab)).to_contain_text(word)
    expect(samples(lab).locator("b, script, em, a, code, .katex, [style*=color]")).to_have_count(0)


def begin(lab: Lab, way: str) -> None:
    lab.page.get_by_role("button", name="Add your own").click()
    lab.page.get_by_role("radio", name=way).click()


def paste(lab: Lab, text: str) -> None:
    lab.page.get_by_label("One name on each line, or a text").fill(text)
    lab.page.keyboard.press("Control+Enter")
    expect(lab.page.get_by_role("button", name="Keep it")).to_be_visible()


def upload(lab: Lab, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    lab.page.locator("input[type=file]").set_input_files(path)


def keep(lab: Lab, name: str) -> None:
    """Name it, keep it, and see it chosen."""
    lab.page.get_by_label("Name", exact=True).fill(name)
    lab.page.get_by_role("button", name="Keep it").click()
    expect(listed(lab, name)).to_be_checked()


def listed(lab: Lab, name: str) -> Locator:
    """A data set in the list."""
    return lab.page.get_by_role("radio", name=name, exact=True)


def samples(lab: Lab) -> Locator:
    return lab.page.locator(".samples")


def fault(lab: Lab, check: str) -> Locator:
    return lab.page.locator(f".st-key-fault-{check}")
