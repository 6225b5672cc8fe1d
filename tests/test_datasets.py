"""Words, splits and examples: as the lectures make them, and with a clear sentence for every file that is none."""

import hashlib
import random
from pathlib import Path

import pytest

from makemore_core import catalogue
from makemore_core.catalogue import CATALOGUE, SHIPPED, is_here
from makemore_core.data.limits import FEWEST_WORDS, LARGEST_FILE
from makemore_core.datasets import SPLITS, DataConfig, Dataset, dataset_of, load_dataset
from makemore_core.errors import InputError
from tests.conftest import WORDS

LETTERS = "abcdefghijk"


def test_the_split_has_the_lectures_sizes(names: Dataset) -> None:
    assert [len(names.parts[split]) for split in SPLITS] == [25_626, 3_203, 3_204]
    assert [len(names.tokens(split)) for split in SPLITS] == [182_625, 22_655, 22_866]


def test_the_split_cell_run_four_times_has_part_2s_sizes(names: Dataset) -> None:
    again = load_dataset(names.name, shuffles=4)
    assert [len(again.tokens(split)) for split in SPLITS] == [182_441, 22_902, 22_803]


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
    path = catalogue.DATA_FOLDER / CATALOGUE[SHIPPED].file
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest == CATALOGUE[SHIPPED].sha256 == shipped.sha256
    assert digest in (catalogue.DATA_FOLDER / "README.md").read_text()
    assert (len(shipped.words), len(shipped.known), len(shipped.vocabulary)) == (32_257, 29_693, 27)


@pytest.mark.parametrize("shuffles", [0, 1, 2])
def test_the_parts_share_out_all_words(data: DataConfig, shuffles: int) -> None:
    dataset = load_dataset(data.dataset, shuffles)
    parts = [dataset.parts[split] for split in SPLITS]
    assert [len(part) for part in parts] == [76, 10, 10]  # int(.8 * 96), int(.9 * 96)
    assert sorted(word for part in parts for word in part) == sorted(WORDS)
    assert (sum(parts, ()) == WORDS) == (shuffles == 0)


def written(folder: Path, content: bytes) -> str:
    path = folder / "own.txt"
    path.write_bytes(content)
    return str(path)


@pytest.mark.parametrize("n", [10, 11, 99, 1_000, 32_033, 65_537])
def test_the_lectures_shares_cut_where_the_lectures_do(n: int) -> None:
    parts = dataset_of("own", "".join(f"{i}\n" for i in range(n)), "words", DataConfig()).parts
    first, second = int(0.8 * n), int(0.9 * n)
    assert [len(parts[split]) for split in SPLITS] == [first, second - first, n - second]


def test_shares_and_seed_of_the_split_are_knobs(data: DataConfig) -> None:
    dataset = DataConfig(data.dataset, train_share=0.7, val_share=0.2, split_seed=7).load()
    shuffled = list(WORDS)
    random.Random(7).shuffle(shuffled)
    assert dataset.parts["train"] == tuple(shuffled[:67])  # int(.7 * 96), int(.9 * 96)
    assert dataset.parts["val"] == tuple(shuffled[67:86])
    assert dataset.parts["test"] == tuple(shuffled[86:])


@pytest.mark.parametrize(("train", "val"), [(1.0, 0.1), (0.9, 0.1), (0.01, 0.01), (0.8, 0.9)])
def test_shares_that_leave_a_part_empty_are_refused(data: DataConfig, train: float, val: float) -> None:
    with pytest.raises(InputError, match=f"each need a word, but train_share={train:g} and val_share={val:g} leave"):
        DataConfig(data.dataset, train_share=train, val_share=val).load()


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


TEXT = "To be, or not to be.\n\nThat is the question.\n" * 30


def test_a_text_is_split_by_place_and_read_as_one_row(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.encode())
    dataset = DataConfig(path, kind="text").load()
    first = int(0.9 * len(TEXT))
    for split, part in {"train": TEXT[:first], "val": TEXT[first:], "test": TEXT[first:]}.items():
        assert dataset.vocabulary.decode(dataset.tokens(split).tolist()) == part
    assert dataset.words == ("To be, or not to be.", "That is the question.")
    assert len(dataset.vocabulary) == len(set(TEXT))
    assert dataset.vocabulary.encode("\n") == [0]


def test_tinyshakespeare_has_the_published_sizes() -> None:
    if not is_here(CATALOGUE["tinyshakespeare"]):
        pytest.skip("tinyshakespeare is not on this machine; set MAKEMORE_DATA to its folder.")
    dataset = load_dataset("tinyshakespeare")
    assert len(dataset.vocabulary) == 65
    assert [len(dataset.tokens(split)) for split in ("train", "val")] == [1_003_854, 111_540]


def test_a_text_that_is_always_there() -> None:
    dataset = load_dataset("python-docs")
    assert dataset.is_text
    assert len(dataset.tokens("train")) > 100_000


def test_a_short_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has 3 characters; a text to learn from has 1,000 or more"):
        DataConfig(written(tmp_path, b"abc"), kind="text").load()


def test_makemores_split_holds_out_a_thousand_words(names: Dataset) -> None:
    dataset = DataConfig(names.name, split="makemore").load()
    assert [len(dataset.parts[split]) for split in SPLITS] == [31_033, 1_000, 1_000]
    assert sorted(dataset.parts["train"] + dataset.parts["test"]) == sorted(names.words)


def test_the_whole_is_every_part(data: DataConfig) -> None:
    dataset = DataConfig(data.dataset, split="whole").load()
    assert all(dataset.parts[split] == WORDS for split in SPLITS)


def test_at_most_so_many_tokens_are_taken_evenly(names: Dataset) -> None:
    assert 20_000 < len(names.tokens("train", 25_000)) < 27_000  # thinned by letters, counted with the boundaries
    assert len(names.tokens("val", 25_000)) == 22_655
