"""What README.md and docs/ say: links lead somewhere, commands are understood, examples run, figures were measured."""

import ast
import doctest
import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from makemore_core.cli.program import app
from makemore_core.datasets import Dataset
from makemore_core.exports import ARCHIVE, FORMATS
from makemore_core.presets import PRESETS
from makemore_core.search.axes import Axis

ROOT = Path(__file__).parent.parent
README, PICTURES = ROOT / "README.md", ROOT / "docs/pictures"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS = [*PAGES, ROOT / "data/README.md", ROOT / "benchmarks/README.md"]
PACKAGES = ("makemore_core", "pages", "benchmarks")
LARGEST_PICTURE, LARGEST_ANIMATION, ALL_PICTURES = 250_000, 1_500_000, 2_500_000  # bytes
COMMAND = re.compile(r"python -m makemore_core([^`#|&\n]*)")
FIGURE = re.compile(r"-?\d[\d,.]*")


def each_document(paths: list[Path] = DOCUMENTS) -> Any:
    return pytest.mark.parametrize("path", paths, ids=[str(path.relative_to(ROOT)) for path in paths])


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def section(title: str, path: Path = README) -> str:
    """What stands below a heading, up to the next one."""
    return text_of(path).split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of all tables, without the lines below their heads."""
    lines = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines if not set("".join(line)) <= set("- ")]


def targets(path: Path) -> list[str]:
    """Where links and pictures of a document lead, within the project."""
    text = re.sub(r"```.*?```", "", text_of(path), flags=re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    return [target for target in found if not re.match(r"\w+:", target)]


def anchors(path: Path) -> set[str]:
    """By what name a link reaches a heading, as GitHub makes it."""
    headings = re.findall(r"^#+ (.*)$", text_of(path), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_document()
def test_every_link_and_picture_exists(path: Path) -> None:
    for target in targets(path):
        name, _, anchor = target.partition("#")
        there = path.parent / name if name else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_every_picture_is_shown_and_small() -> None:
    shown = {(path.parent / target).resolve() for path in DOCUMENTS for target in targets(path)}
    sizes = {path: path.stat().st_size for path in PICTURES.iterdir()}
    assert set(sizes) <= shown
    assert sum(sizes.values()) < ALL_PICTURES
    for path, size in sizes.items():
        assert size < (LARGEST_ANIMATION if path.suffix == ".gif" else LARGEST_PICTURE), path.name


def test_the_tour_has_every_page_in_its_order() -> None:
    titles = re.findall(r'st\.Page\(.*title="([^"]+)"', text_of(ROOT / "app.py"))
    tour = re.findall(r"^- \*\*([^*]+)\*\*", section("A tour of the pages"), flags=re.MULTILINE)
    assert titles
    assert tour == titles


def test_the_house_names_all_its_rooms() -> None:
    tree = text_of(ROOT / "docs/architecture.md").split("```")[1]
    rooms = [path for folder in ("makemore_core", "pages") for path in (ROOT / folder).iterdir()]
    named = set(re.findall(r"[\w]+(?:\.py|/)", tree))
    assert {path.name + "/" * path.is_dir() for path in rooms if not path.name.startswith("__")} <= named


def test_every_file_and_test_that_is_named_exists() -> None:
    """`training/store.py` lies below makemore_core, pages, tests, or here."""
    for path in PAGES:
        for name, test in re.findall(r"`([\w/.-]+/[\w.-]+\.(?:py|md|js|txt|json))(?:::(\w+))?`", text_of(path)):
            places = (ROOT, ROOT / "makemore_core", ROOT / "pages", ROOT / "tests", path.parent)
            found = next((place / name for place in places if (place / name).exists()), None)
            assert found, f"{path.name}: {name}"
            assert not test or f"def {test}(" in text_of(found), f"{path.name}: {name}::{test}"


def test_every_target_of_make_that_is_named_exists() -> None:
    known = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), flags=re.MULTILINE))
    for path in DOCUMENTS:
        assert set(re.findall(r"(?:`|^|=\S+ )make ([a-z]+)", text_of(path), flags=re.MULTILINE)) <= known, path.name


def test_every_variable_that_is_named_is_read() -> None:
    code = "".join(text_of(path) for folder in PACKAGES for path in (ROOT / folder).rglob("*.py"))
    for path in [*DOCUMENTS, *(ROOT / "deploy").iterdir()]:
        for name in re.findall(r"MAKEMORE_[A-Z_]+", text_of(path)):
            assert f'"{name}"' in code, f"{path.name}: {name}"


def parsed(words: list[str]) -> dict[str, Any]:
    """What the command line understands of these words; an error if it does not."""
    command: Any = get_command(app)
    context = None
    while hasattr(command, "commands"):
        context = command.make_context(command.name or "", words, parent=context)
        _, command, words = command.resolve_command(context, [*context._protected_args, *context.args])
        assert command
    return command.make_context(command.name or "", words, parent=context).params


def commands(path: Path) -> Iterator[list[str]]:
    """The words of each command that a document shows; one that goes on in the next line as one."""
    for found in COMMAND.findall(text_of(path).replace("\\\n", " ")):
        yield shlex.split(found)


def check(words: list[str]) -> None:
    """A command whose names of presets, settings and formats there are; words in capitals stand for one's own."""
    chosen = parsed(words)
    if (preset := chosen.get("preset")) and not preset.isupper():
        config = PRESETS[preset].config
        config.with_texts(dict(setting.split("=") for setting in chosen.get("settings", ())))
        for over in chosen.get("over", ()):
            path, _, among = over.partition("=")
            Axis.parse(path, among, config)
    assert chosen.get("format") in (None, "", ARCHIVE, *FORMATS)


@each_document()
def test_every_command_is_understood(path: Path) -> None:
    for words in commands(path):
        if words:
            check(words)


def test_readme_shows_the_two_commands() -> None:
    assert "\nmake run " in section("Two commands")
    assert "\nmake test " in section("Two commands")
    assert len(list(commands(README))) > 15


def test_reference_numbers_are_those_of_the_reference_runs() -> None:
    full = {row[0]: row for row in rows(text_of(ROOT / "docs/reference-runs.md"))}
    head, *short = rows(section("Published numbers, and ours"))
    kept = [full["preset"].index(title) for title in head[1:]]
    assert short
    for name, *cells in short:
        assert cells == [full[name.strip("`")][i] for i in kept]


def test_speeds_are_those_that_were_measured() -> None:
    measured = set(FIGURE.findall(text_of(ROOT / "docs/performance.md")))
    figures = [figure for row in rows(section("How fast")) for cell in row[1:] for figure in FIGURE.findall(cell)]
    assert figures
    assert set(figures) <= measured


def test_the_example_for_a_notebook_prints_what_stands_there(
    names: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    code = text_of(README).split("```python\n")[1].split("```")[0]
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == code.rpartition("# ")[2]


def with_examples() -> list[str]:
    """The modules whose docstrings hold examples."""
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    found = [path for path in files if any(">>> " in words for words in docstrings(path))]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found]


def docstrings(path: Path) -> Iterator[str]:
    source = text_of(path)
    if ">>> " in source:
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
        yield from (ast.get_docstring(node) or "" for node in ast.walk(ast.parse(source)) if isinstance(node, kinds))


@pytest.mark.parametrize("name", with_examples())
def test_examples_in_docstrings_give_what_they_show(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert tried
    assert not failed


def test_there_are_examples_in_docstrings() -> None:
    assert len(with_examples()) >= 5
