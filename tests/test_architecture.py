"""The house rules that a machine can keep: which way imports point, where chance comes from, how a file opens."""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("makemore_core", "pages", "tests", "data", "benchmarks", "docs")
FILES = [ROOT / "app.py", *(path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))]
CORE = [path for path in FILES if path.is_relative_to(ROOT / "makemore_core")]
SCREENS = [path for path in FILES if path == ROOT / "app.py" or path.is_relative_to(ROOT / "pages")]

# imports go right
DOWNWARDS = (
    "cli",
    "exports",
    "eject",
    "charts",
    "comparison",
    "lessons",
    "exercise",
    "search",
    "workers",
    "training",
    "inspection",
    "diagnostics",
    "engines",
    "backprop",
    "models",
    "expressions",
    "minitorch",
    "projections",
)
ROOMS = ("link", "shown", "settings", "person", "chosen", "notices", "answers")  # of pages/ui/session
DICE = {"rand", "randn", "randint", "randperm", "multinomial", "normal", "bernoulli"}
WRITING = ("add", "add_all", "branch", "save", "beat", "mark", "rewind", "describe", "put_away", "bring_back", "delete")
OWN_GENERATORS = ("np.random.default_rng", "np.random.Generator", "random.Random", "random.SystemRandom")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every module that a file imports, wherever in the file, with the names it takes from it."""
    found: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(found)


def imports_from(path: Path, package: str) -> bool:
    return any(f"{name}.".startswith(f"{package}.") for name in imports(path))


def dotted_names(path: Path) -> set[str]:
    """Every dotted name in a file: `np.random.rand`, `st.session_state`."""
    return {ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}


def offenders(paths: list[Path], offends: Callable[[Path], bool]) -> list[str]:
    assert paths
    return [str(path.relative_to(ROOT)) for path in paths if offends(path)]


def test_every_file_opens_with_what_lives_in_it() -> None:
    assert offenders(FILES, lambda path: bool(tree(path).body) and not ast.get_docstring(tree(path))) == []


def test_there_are_no_star_imports() -> None:
    assert offenders(FILES, lambda path: any(name.endswith(".*") for name in imports(path))) == []


def test_the_core_knows_no_screen() -> None:
    for package in ("streamlit", "pages", "app"):
        assert offenders(CORE, lambda path: imports_from(path, package)) == []  # noqa: B023


def test_plotly_is_in_charts_alone() -> None:
    elsewhere = [path for path in CORE if "charts" not in path.parts]
    assert offenders(elsewhere, lambda path: imports_from(path, "plotly")) == []


def test_imports_in_the_core_point_down() -> None:
    for place, folder in enumerate(DOWNWARDS):
        files = [path for path in CORE if path.is_relative_to(ROOT / "makemore_core" / folder)]
        for above in DOWNWARDS[:place]:
            assert offenders(files, lambda path: imports_from(path, f"makemore_core.{above}")) == []  # noqa: B023


def test_what_pages_share_imports_no_page() -> None:
    shared = [path for path in SCREENS if path.is_relative_to(ROOT / "pages" / "ui")]
    pages = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert offenders(shared, lambda path: any(imports_from(path, f"pages.{page}") for page in pages)) == []


def test_session_state_has_one_folder() -> None:
    others = [path for path in SCREENS if not path.is_relative_to(ROOT / "pages" / "ui" / "session")]
    assert offenders(others, lambda path: "st.session_state" in dotted_names(path)) == []


def test_imports_in_the_session_point_down() -> None:
    for place, room in enumerate(ROOMS):
        (path,) = (path for path in SCREENS if path == ROOT / "pages" / "ui" / "session" / f"{room}.py")
        for above in ROOMS[:place]:
            assert not imports_from(path, f"pages.ui.session.{above}")


def uses_global_chance(path: Path) -> bool:
    names = dotted_names(path)
    named = {name for name in names if name.startswith(("np.random.", "numpy.random.", "random."))}
    return "torch.manual_seed" in names or any(not name.startswith(OWN_GENERATORS) for name in named)


def rolls_dice_without_generator(path: Path) -> bool:
    calls = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    rolls = (call for call in calls if ast.unparse(call.func) in {f"torch.{name}" for name in DICE})
    return any("generator" not in {keyword.arg for keyword in call.keywords} for call in rolls)


def test_chance_is_an_argument() -> None:
    assert offenders(CORE, uses_global_chance) == []
    assert offenders(CORE, rolls_dice_without_generator) == []


def test_pages_act_by_a_desk() -> None:
    """What asks nobody who they are is for the files in which desks are made."""
    acting = ("pages.ui.manager.acting_manager", "pages.ui.sweeps.acting_sweeps")
    homes = {ROOT / "pages" / "ui" / "manager.py", ROOT / "pages" / "ui" / "sweeps.py"}
    others = [path for path in SCREENS if path not in homes]
    assert offenders(others, lambda path: any(name in acting for name in imports(path))) == []
    writing = {f"run_manager().store.{verb}" for verb in WRITING}
    assert offenders(others, lambda path: bool(writing & dotted_names(path))) == []
