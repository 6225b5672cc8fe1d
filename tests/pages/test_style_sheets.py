"""Every rule of a style sheet is closed where it ends: a browser would drop all that follows without a word."""

import re
from pathlib import Path

import pytest

SHEETS = sorted((Path(__file__).parents[2] / "pages").rglob("*.css"))
DEEPEST = 2  # a rule in a media query


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.stem for sheet in SHEETS])
def test_every_rule_is_closed(sheet: Path) -> None:
    depth = 0
    for brace in re.findall(r"[{}]", re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)):
        depth += 1 if brace == "{" else -1
        assert 0 <= depth <= DEEPEST
    assert depth == 0
