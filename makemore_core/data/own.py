"""Data sets of one's own, kept on this machine under a name: a folder for each, with its text and what is known of it.

A folder is written under another name and then renamed, so a data set is there as a whole or not at all. What is
deleted waits in a folder of its own, from which it can be brought back.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from makemore_core.data.reading import lines_of_text, words_in
from makemore_core.errors import InputError, check_unicode
from makemore_core.places import own_data_folder

WORDS, TEXT = "words", "text"
READERS: dict[str, Callable[[str, str], tuple[str, ...]]] = {WORDS: words_in, TEXT: lines_of_text}
LONGEST_NAME = 40  # characters
MOST_DELETED = 20  # data sets that can be brought back
CONTENT, ABOUT, DELETED = "content.txt", "about.json", ".deleted"


@dataclass(frozen=True)
class OwnData:
    """What is known of a data set of one's own; `kept` is a time in seconds since 1970."""

    name: str
    kind: str
    origin: str
    sha256: str
    kept: float


TYPES = [str, str, str, str, float]  # of its fields, in a file that anybody may have edited


def own_names() -> list[str]:
    """The names of all data sets of one's own, in their order."""
    return _names_below(own_data_folder())


def deleted_names() -> list[str]:
    """Those that were deleted and can be brought back."""
    return _names_below(own_data_folder() / DELETED)


def find_own(name: str) -> OwnData | None:
    """What is known of a data set of one's own; None if there is none of this name."""
    return _about(own_data_folder(), name)


def content_of_own(own: OwnData) -> bytes:
    """Its text in UTF-8. InputError if it is no longer what was kept."""
    try:
        content = (own_data_folder() / own.name / CONTENT).read_bytes()
    except OSError as error:
        raise InputError(f"The data set {own.name!r} cannot be read ({error.strerror}); add it again.") from None
    if hashlib.sha256(content).hexdigest() != own.sha256:
        raise InputError(f"The data set {own.name!r} is damaged (its SHA-256 differs); delete it and add it again.")
    return content


def keep(name: str, text: str, kind: str, origin: str, taken: tuple[str, ...] = ()) -> OwnData:
    """Keep a text under a new name, and give what is known of it then.

    Raises InputError, with nothing kept, for a name that cannot be or is among `taken`, and for no list and no text.
    """
    name = checked_name(name, taken)
    for what, said in (("The text", text), ("The file's name", origin)):
        check_unicode(what, said)
    READERS[kind](text, name)
    content = text.encode()
    own = OwnData(name, kind, origin, hashlib.sha256(content).hexdigest(), time.time())
    folder = own_data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix=".half-", dir=folder))
        try:
            _write(half / CONTENT, content)
            _write(half / ABOUT, json.dumps(asdict(own), ensure_ascii=False).encode())
            half.rename(folder / name)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    except OSError as error:
        if find_own(name):
            raise _name_taken(name) from None
        raise InputError(
            f"The data set cannot be kept in {str(folder)!r} ({error.strerror}); make room there."
        ) from None
    return own


def delete(name: str) -> None:
    """Take a data set away, for the time being: bring_back() undoes it."""
    _known(name, find_own(name))
    bin = own_data_folder() / DELETED
    bin.mkdir(exist_ok=True)
    shutil.rmtree(bin / name, ignore_errors=True)
    (own_data_folder() / name).rename(bin / name)
    os.utime(bin / name)
    for older in sorted(bin.iterdir(), key=lambda path: path.stat().st_mtime)[:-MOST_DELETED]:
        shutil.rmtree(older, ignore_errors=True)


def bring_back(name: str) -> OwnData:
    """Undo a deletion."""
    own = _known(name, _about(own_data_folder() / DELETED, name))
    if find_own(name):
        raise _name_taken(name)
    (own_data_folder() / DELETED / name).rename(own_data_folder() / name)
    return own


def checked_name(name: str, taken: tuple[str, ...] = ()) -> str:
    """The name as it is kept (NFC). InputError for one that cannot be a folder, or stands for another data set."""
    name = unicodedata.normalize("NFC", name.strip())
    if not (
        0 < len(name) <= LONGEST_NAME
        and unicodedata.category(name[0])[0] in "LN"
        and all(_may_stand_in_name(c) for c in name)
    ):
        raise InputError(
            f"A data set's name has 1 to {LONGEST_NAME} letters, digits and hyphens, but got {name[:60]!r}."
        )
    if name.casefold() in {known.casefold() for known in (*taken, *own_names())}:
        raise _name_taken(name)
    return name


def free_name(wish: str, taken: tuple[str, ...] = ()) -> str:
    """A name that is free, near a file's name or whatever else is wished for."""
    letters = "".join(c if _may_stand_in_name(c) else "-" for c in unicodedata.normalize("NFC", wish))
    stem = "-".join(part for part in letters.split("-") if part)[: LONGEST_NAME - 3] or "my-names"
    known = {name.casefold() for name in (*taken, *own_names())}
    return next(n for i in range(1, 10**6) if (n := stem if i == 1 else f"{stem}-{i}").casefold() not in known)


def _may_stand_in_name(c: str) -> bool:
    """Letters of any script, with their marks, digits and hyphens."""
    return c == "-" or unicodedata.category(c)[0] in "LMN"


def _name_taken(name: str) -> InputError:
    return InputError(f"There is a data set {name!r} already; choose another name, or delete it first.")


def _known(name: str, own: OwnData | None) -> OwnData:
    if own is None:
        raise InputError(f"There is no data set of your own called {name!r}; yours are: {', '.join(own_names())}.")
    return own


def _names_below(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".") and path.is_dir())
    except OSError:
        return []


def _about(folder: Path, name: str) -> OwnData | None:
    if name not in _names_below(folder):  # no path gets through here
        return None
    try:
        own = OwnData(**json.loads((folder / name / ABOUT).read_bytes()) | {"name": name})
        is_sound = own.kind in READERS and [type(value) for value in asdict(own).values()] == TYPES
    except (OSError, ValueError, TypeError):
        return None
    return own if is_sound else None


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
