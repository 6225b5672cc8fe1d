"""It stands on numpy alone."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_it_imports_numpy_alone() -> None:
    check = "import sys, makemore_core.minitorch.nn; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    run = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = set(run.stdout.split())
    assert "numpy" in modules
    assert not {"torch", "pandas", "scipy", "plotly", "streamlit", "typer"} & modules


def test_it_imports_nothing_else_of_the_core() -> None:
    files = (ROOT / "makemore_core" / "minitorch").rglob("*.py")
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if "import" in line]
    ours = [line for line in lines if line.startswith(("from makemore_core", "import makemore_core"))]
    assert ours
    assert all(line.startswith("from makemore_core.minitorch") for line in ours)
