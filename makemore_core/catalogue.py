"""Where data sets come from: the catalogue by SHA-256, the folders that are searched, and files of one's own."""

import hashlib
import os
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path
from threading import get_ident

from makemore_core.data.limits import LARGEST_FILE
from makemore_core.data.own import TEXT, WORDS, content_of_own, deleted_names, find_own, own_names
from makemore_core.errors import InputError

DATA_FOLDER = Path(__file__).parent.parent / "data"
FETCH_TIMEOUT = 20.0  # seconds without a byte
LONGEST_FETCH = 300.0  # seconds
FETCHED_AT_ONCE = 32_768  # bytes
Telling = Callable[[float, str], None]


@dataclass(frozen=True)
class Source:
    """Where a data set of the catalogue comes from; the SHA-256 tells whether a file is it."""

    name: str
    file: str
    sha256: str
    about: str
    address: str = ""
    kind: str = WORDS


CATALOGUE = {
    source.name: source
    for source in (
        Source(
            "us-names-2018",
            "us-names-2018.txt",
            "bd02dfd33179e23ec2dd093cbd4de619834f75d660ef1ae04d3127e7a0110053",
            "US Social Security names of 2018 as published today; ships with the project.",
        ),
        Source(
            "names",
            "names.txt",
            "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
            "makemore's names.txt: all published numbers of the lectures are on it.",
            "https://raw.githubusercontent.com/karpathy/makemore/master/names.txt",
        ),
        Source(
            "tinyshakespeare",
            "tinyshakespeare.txt",
            "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            "char-rnn's input.txt: 40,000 lines of Shakespeare as one running text.",
            "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
            TEXT,
        ),
        Source(
            "python-docs",
            "",
            "",
            "The Python language reference that every Python carries: an English text that is always there.",
            kind=TEXT,
        ),
    )
}
SHIPPED = "us-names-2018"


def content_of(name: str) -> bytes:
    """A data set of the catalogue, one of the user's own, or any text file by its path.

    Raises InputError if it is not there or cannot be read.
    """
    if name in CATALOGUE:
        return _content_of_source(CATALOGUE[name])
    own = find_own(name)
    return content_of_own(own) if own else _read(_expanded(name))


def _content_of_source(source: Source) -> bytes:
    return _find(source).read_bytes() if source.file else _python_docs()


def kind_of(name: str) -> str:
    """Words or text, as is known of a data set; a file that only has a path is taken for words."""
    about = CATALOGUE.get(name) or find_own(name)
    return about.kind if about else WORDS


def names_here() -> list[str]:
    """The data sets that can be chosen by name on this machine: the catalogue's, then one's own."""
    return [source.name for source in CATALOGUE.values() if is_here(source)] + own_names()


def is_named(name: str) -> bool:
    """Whether this is a name of the catalogue or of one's own data, and no path."""
    return name in CATALOGUE or name in own_names()


@lru_cache(maxsize=1)
def _python_docs() -> bytes:
    """The topics of Python's own help(), by name; other versions of Python carry other words."""
    from pydoc_data.topics import topics  # 700 kB, read when asked for

    return "\n\n".join(topics[name].strip() for name in sorted(topics)).encode()


def is_here(source: Source) -> bool:
    """Whether a data set of the catalogue is on this machine."""
    return not source.file or _located(source) is not None


def folders() -> tuple[Path, ...]:
    """Where data sets are looked for: the project's data/, then the folder MAKEMORE_DATA."""
    extra = os.environ.get("MAKEMORE_DATA")
    return (DATA_FOLDER, Path(extra)) if extra else (DATA_FOLDER,)


def fetch(source: Source, report: Telling | None = None) -> Path:
    """Bring a data set from its public address into data/, checked by its SHA-256; nothing else is kept.

    `report` is told the share that has come, and may raise to stop.
    """
    if not source.file:
        raise InputError(f"{source.name!r} needs no fetching: it is made of what is on every machine.")
    found = _located(source)
    if found:
        return found
    content = _fetched(source, report or _tell_nobody)
    if hashlib.sha256(content).hexdigest() != source.sha256:
        raise InputError(
            f"{source.address} holds another text than {source.name!r} (SHA-256 differs); nothing was kept."
        )
    return _put(content, DATA_FOLDER / source.file)


def _tell_nobody(share: float, words: str = "") -> None:
    pass


def _fetched(source: Source, report: Telling) -> bytes:
    """All that the address gives, part by part."""
    instead = f"use {SHIPPED!r}, or put the file into the folder MAKEMORE_DATA"
    content, ends = bytearray(), time.monotonic() + LONGEST_FETCH
    try:
        with urllib.request.urlopen(source.address, timeout=FETCH_TIMEOUT) as answer:
            expected = int(answer.headers.get("Content-Length") or 0)
            while part := answer.read(FETCHED_AT_ONCE):
                content += part
                report(min(1.0, len(content) / max(1, expected)), f"Fetching {source.name}, {len(content):,} bytes")
                if len(content) > LARGEST_FILE:
                    raise InputError(
                        f"{source.address} gives more than {LARGEST_FILE:,} bytes; nothing was kept: {instead}."
                    )
                if time.monotonic() > ends:
                    raise InputError(
                        f"{source.address} took longer than {LONGEST_FETCH:.0f} s; try again, or {instead}."
                    )
    except InputError:
        raise
    except (OSError, HTTPException, ValueError) as error:
        raise InputError(f"{source.name!r} could not be reached at {source.address!r} ({error}); {instead}.") from None
    if len(content) < max(1, expected):
        raise InputError(
            f"The connection to {source.address} ended after {len(content):,} of {expected:,} bytes; "
            "nothing was kept: try again."
        )
    return bytes(content)


def _put(content: bytes, path: Path) -> Path:
    """A file that is there as a whole or not at all."""
    half = path.with_name(f".{path.name}-{os.getpid()}-{get_ident()}")
    try:
        half.write_bytes(content)
        half.replace(path)
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written ({error.strerror}); make room there.") from None
    finally:
        half.unlink(missing_ok=True)
    return path


def _located(source: Source) -> Path | None:
    for folder in folders():
        path = folder / source.file
        if path.is_file() and _digest(path, *_stamp(path)) == source.sha256:
            return path
    return None


def _stamp(path: Path) -> tuple[int, int]:
    """What changes when a file does."""
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=16)
def _digest(path: Path, size: int, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _find(source: Source) -> Path:
    path = _located(source)
    if path is None:
        raise InputError(
            f"The data set {source.name!r} is not on this machine; fetch it with "
            f"`python -m makemore_core data fetch {source.name}`, or use {SHIPPED!r}."
        )
    return path


def _expanded(name: str) -> Path:
    """`~/names.txt` as the path in the user's home folder."""
    try:
        return Path(name).expanduser()
    except (RuntimeError, ValueError):  # there is no such user
        return Path(name)


def _read(path: Path) -> bytes:
    if not _is_file(path):
        raise _not_there(str(path))
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise InputError(f"{path.name!r} has {size:,} bytes; at most {LARGEST_FILE:,} are read: take a part of it.")
        with path.open("rb") as file:
            return file.read(size)  # of a pipe of the kernel's, which says 0 and never ends, nothing
    except OSError as error:
        raise InputError(f"The file {str(path)!r} cannot be read ({error.strerror}).") from None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a path too long, or with a NUL in it
        return False


def _not_there(name: str) -> InputError:
    if name in deleted_names():
        return InputError(f"The data set {name!r} was deleted; bring it back with `data restore {name}`.")
    names = ", ".join((*CATALOGUE, *own_names()))
    return InputError(
        f"There is no data set or file {name!r}; choose one of: {names}; or give the path of a text file."
    )
