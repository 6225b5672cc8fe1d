"""Checked runs into the store: under names that are free, on data sets that are here, all of them or none."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from makemore_core.catalogue import CATALOGUE, is_here
from makemore_core.config import RunConfig
from makemore_core.data.decoding import decode
from makemore_core.data.own import delete, find_own, free_name, keep, own_names
from makemore_core.datasets import Dataset, dataset_of
from makemore_core.exports.archive import DataAbout
from makemore_core.exports.importing import Archive
from makemore_core.exports.sealed import damaged
from makemore_core.training.rows import RunRow
from makemore_core.training.store import RunStore
from makemore_core.training.whole import WholeRun

LONGEST_STEM = 36  # characters of a name, which leaves room for a number behind it


@dataclass(frozen=True)
class Arrived:
    """The runs' ids here, and a sentence on each thing that is not as it was."""

    runs: tuple[str, ...]
    sentences: tuple[str, ...]


def bring_in(store: RunStore, archive: Archive, add: Callable[[Sequence[WholeRun]], None] | None = None) -> Arrived:
    """Add an archive's runs, by `add` where not everybody may. InputError, with nothing added, where that cannot be."""
    sentences: list[str] = []
    _check_texts(archive)
    taken = store.taken()
    ids = _free_ids((whole.row for whole in archive.runs), taken, sentences)
    kept: list[str] = []
    try:
        data = _placed(archive, kept, sentences)
        runs = [
            replace(whole, row=_renamed(whole.row, ids, data[about.sha256], taken, sentences))
            for whole, about in zip(archive.runs, archive.data, strict=True)
        ]
        (add or store.add_all)(runs)
    except BaseException:
        for name in kept:
            delete(name)
        raise
    return Arrived(tuple(run.row.id for run in runs), tuple(dict.fromkeys(sentences)))


def _check_texts(archive: Archive) -> None:
    """The alphabet of each run's data is as large as its net has it, where that can be known here."""
    for whole, about in zip(archive.runs, archive.data, strict=True):
        dataset = _dataset(RunConfig.from_dict(whole.row.config), about, archive.texts.get(about.sha256))
        if dataset and dataset.sha256 == about.sha256 and len(dataset.vocabulary) != about.vocab:
            raise damaged(f"run {whole.row.id} has another alphabet than its data set")


def _dataset(config: RunConfig, about: DataAbout, text: bytes | None) -> Dataset | None:
    """What a run was trained on, if the text came along or is here by its SHA-256."""
    if text is not None:
        how = replace(config.data, kind=about.kind if config.data.kind == "auto" else config.data.kind)
        return dataset_of(about.name, decode(text, about.name), how.kind, how, about.sha256)
    source = CATALOGUE.get(config.data.dataset)
    name = source.name if source and is_here(source) else _here(about.sha256)
    return replace(config.data, dataset=name).load() if name else None


def _here(sha256: str) -> str | None:
    """The data set of one's own with this content."""
    return next((name for name in own_names() if (own := find_own(name)) and own.sha256 == sha256), None)


def _placed(archive: Archive, kept: list[str], sentences: list[str]) -> Mapping[str, str]:
    """The name that each run's data set has here, by its SHA-256; texts that came along are kept."""
    places: dict[str, str] = {}
    for whole, about in zip(archive.runs, archive.data, strict=True):
        if about.sha256 in places:
            continue
        wish = str(whole.row.config["data"]["dataset"])
        place = wish if wish in CATALOGUE else _here(about.sha256)
        if place is None:
            place = free_name(Path(wish).stem, (*CATALOGUE, *places.values()))
            text = archive.texts.get(about.sha256)
            if text is None:
                sentences.append(
                    f"The words of {about.name!r} did not come along: keep that list here as {place!r} to go on."
                )
            else:
                keep(place, text.decode(), about.kind, "an archive", tuple(CATALOGUE))
                kept.append(place)
        places[about.sha256] = place
    return places


def _free_ids(rows: Iterable[RunRow], taken: set[str], sentences: list[str]) -> Mapping[str, str]:
    """An id for each run that no other has, here or in the archive."""
    ids: dict[str, str] = {}
    for row in rows:
        ids[row.id] = free = _free(row.id, taken)
        taken.add(free)
        if free != row.id:
            sentences.append(f"There is a run {row.id!r} already; this one is called {free!r}.")
    return ids


def _free(wish: str, taken: Iterable[str]) -> str:
    names = (wish if i == 1 else f"{wish[:LONGEST_STEM]}-{i}" for i in range(1, 10**6))
    return next(name for name in names if name not in taken)


def _renamed(row: RunRow, ids: Mapping[str, str], data: str, taken: set[str], sentences: list[str]) -> RunRow:
    """The run under its id here, with its parent if that comes along, on the data set that is here.

    A fork without its parent still knows after which step it began: it is rewound no further.
    """
    name = row.name and _free(row.name, taken)
    taken.add(name)
    if name != row.name:
        sentences.append(f"There is a run {row.name!r} already; this one is called {name!r}.")
    return replace(
        row,
        id=ids[row.id],
        name=name,
        config=row.config | {"data": row.config["data"] | {"dataset": data}},
        dataset=row.dataset | ({} if data in CATALOGUE else {"name": data}),
        parent=ids.get(row.parent, ""),
    )
