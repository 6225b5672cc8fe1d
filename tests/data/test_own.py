"""One's own data sets: kept as a whole or not at all, there after a restart, and back after a deletion."""

import json
import os
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from makemore_core.catalogue import CATALOGUE, content_of, kind_of, names_here
from makemore_core.config import RunConfig
from makemore_core.data import own
from makemore_core.data.own import MOST_DELETED, OwnData, bring_back, delete, deleted_names, find_own, free_name, keep
from makemore_core.datasets import DataConfig, load_dataset
from makemore_core.errors import InputError
from makemore_core.places import own_data_folder
from makemore_core.training.manager import RunManager
from makemore_core.training.untrained import untrained_model
from tests.conftest import wait_until
from tests.data.odd_files import CYRILLIC, TEXT

NAMES = "".join(f"{name}\n" for name in CYRILLIC)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAKEMORE_STORE", str(tmp_path / "runs.sqlite"))
    return own_data_folder()


def kept(name: str = "имена", text: str = NAMES, kind: str = "words") -> OwnData:
    return keep(name, text, kind, "names.txt", tuple(CATALOGUE))


def test_what_was_kept_is_chosen_by_its_name() -> None:
    assert kept() == find_own("имена")
    dataset = load_dataset("имена")
    assert (dataset.name, dataset.words, dataset.sha256) == ("имена", CYRILLIC, find_own("имена").sha256)  # type: ignore[union-attr]
    assert names_here()[-1] == "имена"


def test_a_text_is_read_as_a_text() -> None:
    kept("plays", TEXT, "text")
    assert kind_of("plays") == "text"
    assert load_dataset("plays").is_text
    assert not DataConfig("plays", kind="words").load().is_text


def test_it_is_there_in_another_process() -> None:
    kept()
    command = "from makemore_core.datasets import load_dataset; print(*load_dataset('имена').words)"
    shown = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", command], capture_output=True, encoding="utf-8", check=True
    )
    assert tuple(shown.stdout.split()) == CYRILLIC


def test_a_name_is_given_once() -> None:
    kept()
    for name in ("имена", "ИМЕНА", unicodedata.normalize("NFD", "имена")):
        with pytest.raises(InputError, match=r"There is a data set .* already; choose another name"):
            kept(name)
    with pytest.raises(InputError, match="There is a data set 'names' already"):
        kept("names")


def test_of_two_at_once_one_is_kept(own_folder: Path) -> None:
    def attempt(i: int) -> bool:
        try:
            kept(text=NAMES + f"имя{i}\n")
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == 1
    assert [path.name for path in own_folder.iterdir()] == ["имена"]
    assert len(load_dataset("имена").words) == len(CYRILLIC) + 1


def test_a_full_disk_leaves_nothing_behind(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(own.os, "fsync", full)
    with pytest.raises(InputError, match=r"cannot be kept in .*No space left on device"):
        kept()
    assert list(own_folder.iterdir()) == []


def test_a_file_where_the_folder_should_be_is_one_sentence(own_folder: Path) -> None:
    own_folder.write_text("not a folder")
    with pytest.raises(InputError, match="cannot be kept in"):
        kept()


def test_a_deletion_is_undone() -> None:
    before = kept()
    delete("имена")
    assert find_own("имена") is None
    assert deleted_names() == ["имена"]
    with pytest.raises(InputError, match="The data set 'имена' was deleted; bring it back"):
        load_dataset("имена")
    assert bring_back("имена") == before == find_own("имена")
    assert load_dataset("имена").words == CYRILLIC
    assert deleted_names() == []


def test_a_deletion_is_not_undone_over_another() -> None:
    kept()
    delete("имена")
    kept(text=NAMES + "новая\n")
    with pytest.raises(InputError, match="There is a data set 'имена' already"):
        bring_back("имена")
    assert len(load_dataset("имена").words) == len(CYRILLIC) + 1


def test_the_latest_deletions_are_remembered() -> None:
    for i in range(MOST_DELETED + 3):
        kept(f"list-{i}")
        delete(f"list-{i}")
        os.utime(own_data_folder() / ".deleted" / f"list-{i}", (i, i))
    assert sorted(deleted_names()) == sorted(f"list-{i}" for i in range(3, MOST_DELETED + 3))


@pytest.mark.parametrize("name", ["nobody", "../data-sets", ".deleted", "", "a/b"])
def test_only_what_is_there_is_deleted(name: str) -> None:
    kept()
    with pytest.raises(InputError, match="There is no data set of your own called"):
        delete(name)
    assert load_dataset("имена").words == CYRILLIC


def test_a_changed_byte_is_noticed(own_folder: Path) -> None:
    kept()
    path = own_folder / "имена" / "content.txt"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(InputError, match=r"is damaged \(its SHA-256 differs\); delete it and add it again"):
        content_of("имена")


SOUND = {"kind": "words", "origin": "names.txt", "sha256": "0", "kept": 0.0}
ODD_ABOUT = (
    {"kind": "words"},
    SOUND | {"kind": "x"},
    SOUND | {"kind": []},
    SOUND | {"origin": 1},
    SOUND | {"kept": "0"},
)


@pytest.mark.parametrize("about", [b"", b"[]", b'{"name": 1}', b"\xff", *(json.dumps(a).encode() for a in ODD_ABOUT)])
def test_a_torn_description_is_no_data_set(own_folder: Path, about: bytes) -> None:
    kept()
    (own_folder / "имена" / "about.json").write_bytes(about)
    with pytest.raises(InputError, match="There is no data set or file"):
        load_dataset("имена")


def test_a_free_name_is_near_the_wish() -> None:
    taken = tuple(CATALOGUE)
    assert free_name("My names (2)", taken) == "My-names-2"
    assert free_name("names", taken) == "names-2"
    assert free_name("...", taken) == "my-names"
    assert free_name("имена", taken) == "имена"
    kept()
    assert free_name("имена", taken) == "имена-2"
    assert kept(free_name("x" * 300, taken)).name == "x" * 37


def test_a_run_on_own_data_resumes_and_notices_a_change(manager: RunManager, config: RunConfig) -> None:
    kept()
    run = manager.start(replace(config, data=DataConfig("имена")), paused=True)
    manager.close()
    resumed = manager.resume(run.id, paused=True)
    assert resumed.trainer.dataset.words == CYRILLIC
    manager.close()
    delete("имена")
    with pytest.raises(InputError, match="was deleted; bring it back"):
        manager.resume(run.id)
    kept(text=NAMES + "новая\n")
    with pytest.raises(InputError, match="The data set 'имена' has changed since"):
        manager.resume(run.id)
    wait_until(lambda: not resumed.is_alive)


def test_another_data_set_of_the_same_name_is_another(config: RunConfig) -> None:
    kept()
    now = replace(config, data=DataConfig("имена"))
    before = untrained_model(now)
    delete("имена")
    kept(text=NAMES + "zzz\n")
    after = untrained_model(now)
    assert set(after.dataset.vocabulary.characters) - set(before.dataset.vocabulary.characters) == {"z"}
    assert after.model.parameters()[0].shape[0] == len(after.dataset.vocabulary)
