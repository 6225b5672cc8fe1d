"""Odd files: each gives the right data set or one sentence, and a refusal leaves nothing behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from makemore_core.catalogue import CATALOGUE
from makemore_core.data.decoding import decode
from makemore_core.data.limits import LARGEST_FILE
from makemore_core.data.own import checked_name, keep, own_names
from makemore_core.datasets import SPLITS, DataConfig, Dataset, load_dataset
from makemore_core.errors import InputError
from makemore_core.places import own_data_folder
from tests.data.odd_files import ODD_FILES, Odd


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The own data sets of these tests. Whatever happens, nothing half-kept lies in it."""
    monkeypatch.setenv("MAKEMORE_STORE", str(tmp_path / "runs.sqlite"))
    yield own_data_folder()
    if own_data_folder().exists():
        assert sorted(path.name for path in own_data_folder().iterdir()) == own_names()


def test_there_are_sixty_odd_files() -> None:
    assert len(ODD_FILES) >= 60


@pytest.mark.parametrize("name", ODD_FILES)
def test_an_odd_file_gives_its_words_or_one_sentence(name: str, own_folder: Path) -> None:
    odd = ODD_FILES[name]
    if odd.refused:
        with pytest.raises(InputError, match=odd.refused) as error:
            kept_from(odd.content, odd)
        assert_one_sentence(str(error.value))
        assert not own_folder.exists()
    else:
        dataset = kept_from(odd.content, odd)
        assert dataset.words == odd.words
        assert_right(dataset)


@pytest.mark.parametrize("name", [name for name, odd in ODD_FILES.items() if odd.encoding == "auto"])
def test_an_odd_file_by_its_path_is_the_same(name: str, tmp_path: Path) -> None:
    odd, path = ODD_FILES[name], tmp_path / "own.txt"
    path.write_bytes(odd.content)
    config = DataConfig(str(path), kind=odd.kind)
    if odd.refused:
        with pytest.raises(InputError, match=odd.refused):
            config.load()
    else:
        assert config.load().words == odd.words


def test_a_gigabyte_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(InputError, match="has 1,000,000,000 bytes; at most 64,000,000 are read: take a part of it"):
        load_dataset(str(path))


def test_an_upload_that_is_too_large_is_refused() -> None:
    with pytest.raises(InputError, match="has 64,000,001 bytes; at most 64,000,000"):
        decode(bytes(LARGEST_FILE + 1), "upload")


def kept_from(content: bytes, odd: Odd) -> Dataset:
    """What an upload does: decode, keep, load by name."""
    keep("own", decode(content, "own.txt", odd.encoding), odd.kind, "own.txt", tuple(CATALOGUE))
    return load_dataset("own")


def assert_right(dataset: Dataset) -> None:
    """Exactly the characters that are learnt, each word in one part, and everything comes back from its numbers."""
    vocabulary, parts = dataset.vocabulary, [dataset.parts[split] for split in SPLITS]
    if dataset.is_text:
        text = dataset.parts["train"][0] + dataset.parts["val"][0]
        assert set(vocabulary.characters) == set(text) - {"\n"}
        assert vocabulary.decode(dataset.tokens("train").tolist()) == dataset.parts["train"][0]
        return
    assert set(vocabulary.characters) == set("".join(dataset.words))
    assert "\n" not in vocabulary.characters
    assert vocabulary.boundary not in vocabulary.characters
    assert sorted(word for part in parts for word in part) == sorted(dataset.words)
    assert vocabulary.decode(dataset.tokens("val").tolist()) == "".join(f"{w}{vocabulary.boundary}" for w in parts[1])


def assert_one_sentence(message: str) -> None:
    assert message.endswith((".", "first."))
    assert "\n" not in message
    assert len(message) < 400


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "-x",
        "a/b",
        "..",
        ".",
        "a.b",
        "a\0b",
        "x" * 41,
        "a b",
        "<b>",
        "names",
        "NAMES",
        "a\\b",
        "~",
        "\u0301a\n",
    ],
)
def test_a_name_that_cannot_be_a_folder_or_is_taken_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"letters, digits and hyphens|There is a data set"):
        checked_name(name, tuple(CATALOGUE))


@pytest.mark.parametrize("name", ["emma", "имена", "नाम", "名前", "élise-2", "2018"])
def test_a_name_of_any_script_will_do(name: str) -> None:
    assert checked_name(name, tuple(CATALOGUE)) == name
