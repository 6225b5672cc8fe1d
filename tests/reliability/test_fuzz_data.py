"""Fuzzed data sets: odd files with bytes flipped, cut out, put in or grafted from another, uploaded and lint-mended."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from makemore_core.data.decoding import ENCODINGS, decode
from makemore_core.data.own import own_names
from makemore_core.datasets import DataConfig
from makemore_core.lint.checks import lint
from makemore_core.lint.material import Material
from makemore_core.lint.mends import MENDS, mended
from makemore_core.places import own_data_folder
from tests.data.odd_files import ODD_FILES, Odd
from tests.data.test_odd_files import assert_right, kept_from
from tests.reliability.fuzzing import endings

SMALL = [odd for odd in ODD_FILES.values() if len(odd.content) < 30_000]


def test_every_fuzzed_file_gives_a_right_data_set_or_one_sentence(
    amount: Callable[[int, int], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEMORE_STORE", str(tmp_path / "runs.sqlite"))
    many = amount(1_000, 100_000)
    sentences = endings(range(many), lambda seed: look_at(random.Random(seed)))
    assert 0.05 * many < len(sentences) < 0.95 * many  # some are read, some refused
    assert not own_data_folder().exists()  # a refusal leaves nothing behind


def look_at(dice: random.Random) -> None:
    """Keep it, and ask all that is asked of a data set."""
    content = fuzzed(dice)
    odd = Odd(content, kind=dice.choice(("words", "text")), encoding=dice.choice(("auto", "auto", *ENCODINGS)))
    dataset = kept_from(content, odd)
    assert own_names() == ["own"]
    assert_right(dataset)
    material = Material(
        "fuzzed", decode(content, "fuzzed", odd.encoding), odd.kind, DataConfig(shuffles=dice.randrange(2))
    )
    assert all(finding.what.endswith(".") for finding in lint(material))
    assert mended(material, list(MENDS)).after <= len(material.lines)
    shutil.rmtree(own_data_folder())


def fuzzed(dice: random.Random) -> bytes:
    content = bytearray(dice.choice(SMALL).content)
    for _ in range(dice.randrange(1, 5)):
        place = dice.randrange(len(content) + 1)
        length = dice.choice((1, 1, 2, 7, 100))
        new = dice.choice((b"", dice.randbytes(length), b"\n", b"\r", dice.choice(SMALL).content[place:][:length]))
        content[place : place + dice.choice((0, length))] = new
    return bytes(content)
