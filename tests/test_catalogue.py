"""The catalogue: a data set is known by its SHA-256, fetched when asked for, and refused where it is another."""

import hashlib
from pathlib import Path

import pytest

from makemore_core import catalogue
from makemore_core.catalogue import CATALOGUE, Source, fetch, is_here
from makemore_core.datasets import load_dataset
from makemore_core.errors import InputError
from tests.test_datasets import listed, written


@pytest.mark.parametrize("source", CATALOGUE.values(), ids=CATALOGUE)
def test_a_data_set_of_the_catalogue_is_described_and_known_by_its_sha256(source: Source) -> None:
    assert source.about.endswith(".")
    assert not is_here(source) or load_dataset(source.name).sha256.startswith(source.sha256)


def source_of(content: bytes, address: str = "") -> Source:
    return Source("own", "own.txt", hashlib.sha256(content).hexdigest(), "Own words.", address)


def test_a_data_set_is_known_by_its_sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_DATA", str(tmp_path))
    written(tmp_path, listed("\n"))
    assert is_here(source_of(listed("\n")))
    assert not is_here(source_of(listed("s\n")))


def test_a_data_set_that_is_not_here_says_how_to_fetch_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_DATA", str(tmp_path))
    monkeypatch.setattr(catalogue, "DATA_FOLDER", tmp_path)
    with pytest.raises(InputError, match="fetch it with `python -m makemore_core data fetch names`, or use 'us-names"):
        load_dataset("names")


def test_fetch_keeps_what_has_the_right_sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(catalogue, "DATA_FOLDER", tmp_path / "data")
    written(tmp_path, listed("\n"))
    path = fetch(source_of(listed("\n"), (tmp_path / "own.txt").as_uri()))
    assert path.read_bytes() == listed("\n")
    assert fetch(source_of(listed("\n"), "nowhere")) == path  # it is here: nothing is asked


def test_fetch_refuses_another_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "DATA_FOLDER", tmp_path / "data")
    written(tmp_path, b"something else")
    with pytest.raises(InputError, match=r"SHA-256 differs\); nothing was kept"):
        fetch(source_of(listed("\n"), (tmp_path / "own.txt").as_uri()))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("address", ["file:///nowhere/names.txt", "http://localhost:1/names.txt", ""])
def test_fetch_without_a_network_names_the_alternative(address: str) -> None:
    with pytest.raises(InputError, match=r"could not be reached at .* use 'us-names-2018'"):
        fetch(source_of(b"never here", address))


def test_what_every_python_carries_is_not_fetched() -> None:
    with pytest.raises(InputError, match="'python-docs' needs no fetching"):
        fetch(CATALOGUE["python-docs"])
