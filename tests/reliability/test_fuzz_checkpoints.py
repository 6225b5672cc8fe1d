"""Fuzzed checkpoints: archives of other labs, states in them, weights files, and blobs of the store."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import torch

from makemore_core.data.own import delete, own_names
from makemore_core.errors import InputError
from makemore_core.exports.arrival import bring_in
from makemore_core.exports.importing import read_archive
from makemore_core.exports.kept import gather
from makemore_core.exports.sealed import opened, sealed
from makemore_core.exports.tensors import LENGTH, Shape
from makemore_core.exports.weights import model_of, weights_file
from makemore_core.training.manager import RunManager
from makemore_core.training.schema import packed
from makemore_core.training.store import RunStore
from tests.exports.runs import TINY, tiny_archive
from tests.reliability.fuzzing import damaged_bytes, endings

Amount = Callable[[int, int], int]
HUGE = (b"-1", b"0", b"9" * 400, b"1e308", b"-0.0", b"null", b"[]", b'""', b"{}", b"true", b"[" * 5_000, b"NaN")
OTHERS = (
    b"-1",
    b"[]",
    b"[0]",
    b"[99999999,99999999]",
    b"[1e9]",
    b'"F64"',
    b'"BF16"',
    b"null",
    b"{}",
    b"1e999",
    b"true",
)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return tiny_archive(tmp_path_factory.mktemp("exported"))


@pytest.fixture(autouse=True)
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    """A store on another machine, with a folder of its own for data sets."""
    monkeypatch.setenv("MAKEMORE_STORE", str(tmp_path / "runs.sqlite"))
    store = RunStore(tmp_path / "runs.sqlite")
    yield store
    store.close()


def test_every_damaged_archive_is_right_or_refused(amount: Amount, content: bytes, other: RunStore) -> None:
    def look_at_all(damaged: bytes) -> None:
        """What got in can be shown. Nothing of it stays, which would slow down all that come after."""
        with closing(RunManager(other)) as manager:
            for run in bring_in(other, read_archive(damaged)).runs:
                assert manager.snapshot(run) is not None
                assert manager.trained_model(run).model
                other.delete(run)
        for name in own_names():
            delete(name)

    dice, many = random.Random(8), amount(300, 30_000)
    look_at_all(content)  # what is imported for the first time costs no archive anything
    sentences = endings((mutated(content, dice) for _ in range(many)), look_at_all)
    assert 0.5 * many < len(sentences) < many
    assert other.runs() == []


def test_every_damaged_state_is_right_or_refused_unloaded(amount: Amount, content: bytes) -> None:
    state = next(part for name, part in opened(content).items() if name.endswith("checkpoint.safetensors"))
    shape, dice, many = Shape(TINY, 13), random.Random(9), amount(400, 40_000)

    def load(damaged: bytes) -> None:
        assert shape.check(damaged, "it").keys() == shape.check(state, "it").keys()

    load(state)
    sentences = endings((damaged_state(state, dice) for _ in range(many)), load)
    assert 0.3 * many < len(sentences) < many


def test_every_damaged_weights_file_is_right_or_refused(amount: Amount, content: bytes, other: RunStore) -> None:
    (run,) = bring_in(other, read_archive(content)).runs
    file, dice, many = weights_file(gather(RunManager(other), run)), random.Random(10), amount(150, 15_000)
    sentences = endings((damaged_state(file, dice) for _ in range(many)), model_of)
    assert 0.3 * many < len(sentences) < many


def test_every_damaged_blob_of_the_store_is_found(
    amount: Amount, tmp_path: Path, content: bytes, other: RunStore
) -> None:
    (run,) = bring_in(other, read_archive(content)).runs
    (saved,) = other.whole(run).tables["checkpoints"]
    dice, many = random.Random(11), amount(150, 15_000)
    with sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None) as db:

        def load(damaged: bytes) -> None:
            db.execute("UPDATE checkpoints SET content = ?", (damaged,))
            other.checkpoint(run)

        others = [blob for _ in range(many) if (blob := damaged_bytes(saved[1], dice)) != saved[1]]
        assert len(endings(others, load)) == len(others)
        with pytest.raises(InputError, match="is damaged"):
            RunManager(other).trained_model(run)


def test_a_header_is_read_no_further_than_it_may_be_long() -> None:
    """What a header of 1.6 kB promises is 40 GB; of one of 10 GB not a byte is looked at."""
    promises = b'{"model.embedding.weight":{"dtype":"F32","shape":[100000,100000],"data_offsets":[0,40000000000]}}'
    for size, header in ((len(promises), promises), (10**10, b"{}")):
        with pytest.raises(InputError):
            Shape(TINY, 13).check(size.to_bytes(LENGTH, "little") + header, "it")


def mutated(content: bytes, dice: random.Random) -> bytes:
    """Damage that a SHA-256 finds, and damage that somebody made who knows how to count one."""
    kind = dice.choice(("flip", "cut", "swap", "drop", "number", "number", "number", "bytes"))
    if kind == "flip":
        place = dice.randrange(len(content))
        return content[:place] + bytes([content[place] ^ 1 << dice.randrange(8)]) + content[place + 1 :]
    if kind == "cut":
        first, last = sorted(dice.sample(range(len(content)), 2))
        return content[:first] + content[last:]
    parts = opened(content)
    one, two = dice.sample(sorted(parts), 2)
    if kind == "swap":
        return sealed(parts | {one: parts[two], two: parts[one]})
    if kind == "drop":
        return sealed({name: part for name, part in parts.items() if name != one})
    if kind == "bytes":
        part = bytearray(parts[one])
        part[dice.randrange(len(part))] = dice.randrange(256)
        return sealed(parts | {one: bytes(part)})
    name = dice.choice([name for name in parts if name.endswith("json")])
    numbers = parts[name].split(b":")
    place = dice.randrange(1, len(numbers))
    value, comma, rest = numbers[place].partition(b",")
    numbers[place] = dice.choice(HUGE) + comma + rest if comma else value
    return sealed(parts | {name: b":".join(numbers)})


def damaged_state(state: bytes, dice: random.Random) -> bytes:
    """A safetensors file with other bytes, or with another header of the right length."""
    if dice.random() < 0.5:
        return damaged_bytes(state, dice)
    length = int.from_bytes(state[:LENGTH], "little")
    header, numbers = state[LENGTH : LENGTH + length], state[LENGTH + length :]
    if dice.random() < 0.2:
        return packed({"model.x": torch.zeros(dice.randrange(1, 9)), "generator": torch.zeros(9, dtype=torch.uint8)})[0]
    values = header.split(b":")
    place = dice.randrange(1, len(values))
    value, comma, rest = values[place].partition(b",")
    values[place] = dice.choice(OTHERS) + comma + rest if comma else value
    changed = b":".join(values)
    return len(changed).to_bytes(LENGTH, "little") + changed + numbers
