"""Words, splits and examples: as the lectures make them, and with a clear sentence for every file that is none."""

import hashlib
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core import datasets
from makemore_core.datasets import (
    CATALOGUE,
    FEWEST_WORDS,
    LARGEST_FILE,
    SHIPPED,
    SPLITS,
    DataConfig,
    Dataset,
    Source,
    distinct_contexts,
    fetch,
    is_here,
    load_dataset,
    sliding_windows,
)
from makemore_core.errors import InputError
from tests.conftest import WORDS

LETTERS = "abcdefghijk"
TOKENS = st.lists(st.lists(st.integers(1, 26)).map(lambda word: [*word, 0])).map(
    lambda words: np.array([*chain(*words)], dtype=np.int64)
)


def lecture_examples(tokens: list[int], block_size: int) -> tuple[list[list[int]], list[int]]:
    """makemore part 2's own loop; a token 0 ends the word."""
    x: list[list[int]] = []
    y: list[int] = []
    context = [0] * block_size
    for token in tokens:
        x.append(context)
        y.append(token)
        context = [*context, token][1:] if token else [0] * block_size
    return x, y


@given(TOKENS, st.integers(1, 16))
def test_sliding_windows_equal_the_lectures_loop(tokens: np.ndarray, block_size: int) -> None:
    x, y = sliding_windows(tokens, block_size)
    naive_x, naive_y = lecture_examples(tokens.tolist(), block_size)
    assert x.shape == (len(tokens), block_size)
    assert x.tolist() == naive_x
    assert y.tolist() == naive_y


def test_a_context_of_0_characters_is_empty() -> None:
    x, y = sliding_windows(np.array([1, 2, 0]), 0)
    assert x.shape == (3, 0)
    assert y.tolist() == [1, 2, 0]


def test_the_split_has_the_lectures_sizes(names: Dataset) -> None:
    assert [len(names.parts[split]) for split in SPLITS] == [25_626, 3_203, 3_204]
    assert [len(names.examples(split, 3)[1]) for split in SPLITS] == [182_625, 22_655, 22_866]


def test_the_split_cell_run_four_times_has_part_2s_sizes(names: Dataset) -> None:
    again = load_dataset(names.name, shuffles=4)
    assert [len(again.examples(split, 3)[1]) for split in SPLITS] == [182_441, 22_902, 22_803]


def test_names_is_the_canonical_list(names: Dataset) -> None:
    assert (len(names.words), len(set(names.words)), len(names.vocabulary)) == (32_033, 29_494, 27)
    assert names.words[:3] == ("emma", "olivia", "ava")
    assert names.words[18_029] == "liam"  # the boys start here
    assert len(names.vocabulary.encode_lines(names.words)) == 228_146


def test_names_leaks_from_train_into_val_and_test(names: Dataset) -> None:
    train = set(names.parts["train"])
    assert [sum(word in train for word in names.parts[split]) for split in ("val", "test")] == [424, 377]


def test_the_shipped_list_is_what_its_readme_says() -> None:
    shipped = load_dataset(SHIPPED)
    path = datasets.DATA_FOLDER / CATALOGUE[SHIPPED].file
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest == CATALOGUE[SHIPPED].sha256 == shipped.sha256
    assert digest in (datasets.DATA_FOLDER / "README.md").read_text()
    assert (len(shipped.words), len(shipped.known), len(shipped.vocabulary)) == (32_257, 29_693, 27)


@pytest.mark.parametrize("source", CATALOGUE.values(), ids=CATALOGUE)
def test_a_data_set_of_the_catalogue_is_described_and_known_by_its_sha256(source: Source) -> None:
    assert source.about.endswith(".")
    assert not is_here(source) or load_dataset(source.name).sha256 == source.sha256


@pytest.mark.parametrize("shuffles", [0, 1, 2])
def test_the_parts_share_out_all_words(data: DataConfig, shuffles: int) -> None:
    dataset = load_dataset(data.dataset, shuffles)
    parts = [dataset.parts[split] for split in SPLITS]
    assert [len(part) for part in parts] == [76, 10, 10]  # int(.8 * 96), int(.9 * 96)
    assert sorted(word for part in parts for word in part) == sorted(WORDS)
    assert (sum(parts, ()) == WORDS) == (shuffles == 0)


@given(TOKENS.filter(len), st.integers(0, 5))
def test_distinct_contexts_equal_numpys_unique_rows(tokens: np.ndarray, block_size: int) -> None:
    x, _ = sliding_windows(tokens, block_size)
    first, row = distinct_contexts(x)
    assert np.array_equal(x[first][row], x)
    assert len(first) == len({tuple(context) for context in x.tolist()})
    assert np.array_equal(x[first], np.unique(x, axis=0, return_index=True)[0]) or block_size == 0


@pytest.mark.parametrize("block_size", [1, 3, 8])
def test_context_counts_sum_to_the_examples(data: DataConfig, block_size: int) -> None:
    dataset = data.load()
    x, y = dataset.examples("train", block_size)
    contexts, counts = dataset.context_counts("train", block_size)
    rows = {tuple(context): row for context, row in zip(contexts.tolist(), counts, strict=True)}
    assert len(rows) == len(contexts) == len(np.unique(x, axis=0))
    for context, token in zip(x.tolist(), y, strict=True):
        rows[tuple(context)][token] -= 1
    assert not counts.any()


def written(folder: Path, content: bytes) -> str:
    path = folder / "own.txt"
    path.write_bytes(content)
    return str(path)


def listed(end: str) -> bytes:
    return "".join(f"word{letter}{end}" for letter in LETTERS).encode()


@pytest.mark.parametrize(
    "content",
    [
        listed("\n"),
        listed("\n").removesuffix(b"\n"),
        listed("\r\n"),
        b"\xef\xbb\xbf" + listed("\n"),  # byte order mark
        b"\xef\xbb\xbf" + listed("\r\n\r\n"),
        listed(" \n \n"),
    ],
    ids=["plain", "no-last-end", "crlf", "bom", "bom-crlf-empty-lines", "spaces"],
)
def test_lists_are_read_however_their_lines_end(tmp_path: Path, content: bytes) -> None:
    dataset = load_dataset(written(tmp_path, content))
    assert dataset.words == tuple(f"word{letter}" for letter in LETTERS)


def test_only_a_line_feed_ends_a_word(tmp_path: Path) -> None:
    word = "a\N{LINE SEPARATOR}b\vc\fd\N{NEXT LINE}e"
    dataset = load_dataset(written(tmp_path, f"{word}\n".encode() * FEWEST_WORDS))
    assert dataset.words == (word,) * FEWEST_WORDS


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "'own.txt' has 0 words; at least 10 are needed"),
        (b"\n \r\n\n", "has 0 words"),
        (b"emma\nolivia\n", "has 2 words"),
        (listed("\r"), "has 1 words"),
        (listed("\n") + b"\xff", r"is not UTF-8 text \(byte 66\); save it as UTF-8"),
        (listed("\n").decode().encode("utf-16"), r"is not UTF-8 text \(byte 0\)"),
        (listed("\n").decode().encode("utf-16-le"), "is a binary file"),
        (listed("\n") + b"\0", "is a binary file"),
        ("é\n".encode("latin-1") * 20, "is not UTF-8"),
    ],
    ids=["empty", "blank", "two", "cr-only", "bad-byte", "utf-16", "utf-16-le", "nul", "latin-1"],
)
def test_files_that_are_no_list_are_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        load_dataset(written(tmp_path, content))


@pytest.mark.parametrize("name", ["nowhere.txt", "", "/", "a\0b", "~nobody-of-this-name/x", "~\0", "x" * 5_000])
def test_what_is_no_file_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        load_dataset(name)


def test_a_missing_file_gets_the_names_there_are() -> None:
    with pytest.raises(InputError, match=r"There is no data set or file 'nowhere\.txt'; choose one of: us-names-2018"):
        load_dataset("nowhere.txt")


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(InputError, match="at most 64,000,000 are read"):
        load_dataset(str(path))


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    path = written(tmp_path, listed("\n"))
    before = load_dataset(path)
    written(tmp_path, listed("s\n"))
    assert load_dataset(path).words != before.words


def source_of(content: bytes, address: str = "") -> Source:
    return Source("own", "own.txt", hashlib.sha256(content).hexdigest(), "Own words.", address)


def test_a_data_set_is_known_by_its_sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_DATA", str(tmp_path))
    written(tmp_path, listed("\n"))
    assert is_here(source_of(listed("\n")))
    assert not is_here(source_of(listed("s\n")))


def test_a_data_set_that_is_not_here_says_how_to_fetch_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_DATA", str(tmp_path))
    monkeypatch.setattr(datasets, "DATA_FOLDER", tmp_path)
    with pytest.raises(InputError, match="fetch it with `python -m makemore_core data fetch names`, or use 'us-names"):
        load_dataset("names")


def test_fetch_keeps_what_has_the_right_sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(datasets, "DATA_FOLDER", tmp_path / "data")
    written(tmp_path, listed("\n"))
    path = fetch(source_of(listed("\n"), (tmp_path / "own.txt").as_uri()))
    assert path.read_bytes() == listed("\n")
    assert fetch(source_of(listed("\n"), "nowhere")) == path  # it is here: nothing is asked


def test_fetch_refuses_another_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "DATA_FOLDER", tmp_path / "data")
    written(tmp_path, b"something else")
    with pytest.raises(InputError, match=r"SHA-256 differs\); nothing was kept"):
        fetch(source_of(listed("\n"), (tmp_path / "own.txt").as_uri()))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("address", ["file:///nowhere/names.txt", "http://localhost:1/names.txt", ""])
def test_fetch_without_a_network_names_the_alternative(address: str) -> None:
    with pytest.raises(InputError, match=r"could not be reached at .* use 'us-names-2018'"):
        fetch(source_of(b"never here", address))
