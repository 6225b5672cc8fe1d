"""Where data sets come from: the catalogue by SHA-256, the folders that are searched, and files of one's own."""

import hashlib
import os
import urllib.request
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path

from makemore_core.errors import InputError

DATA_FOLDER = Path(__file__).parent.parent / "data"
LARGEST_FILE = 64_000_000  # bytes
FETCH_TIMEOUT = 20.0  # seconds
WORDS, TEXT = "words", "text"


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
    """A data set of the catalogue, or any text file by its path. InputError if it is not there or cannot be read."""
    source = CATALOGUE.get(name)
    if source is None:
        return _read(_expanded(name), known=False)
    return _read(_find(source), known=True) if source.file else _python_docs()


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


def fetch(source: Source) -> Path:
    """Bring a data set from its public address into data/, checked by its SHA-256."""
    if not source.file:
        raise InputError(f"{source.name!r} needs no fetching: it is made of what is on every machine.")
    found = _located(source)
    if found:
        return found
    try:
        with urllib.request.urlopen(source.address, timeout=FETCH_TIMEOUT) as answer:
            content: bytes = answer.read(LARGEST_FILE)
    except (OSError, HTTPException, ValueError) as error:
        raise InputError(
            f"{source.name!r} could not be reached at {source.address!r} ({error}); use {SHIPPED!r}, "
            "or put the file into the folder MAKEMORE_DATA."
        ) from None
    if hashlib.sha256(content).hexdigest() != source.sha256:
        raise InputError(
            f"{source.address} holds another text than {source.name!r} (SHA-256 differs); nothing was kept."
        )
    path = DATA_FOLDER / source.file
    path.write_bytes(content)
    return path


def _located(source: Source) -> Path | None:
    for folder in folders():
        path = folder / source.file
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == source.sha256:
            return path
    return None


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


def _read(path: Path, known: bool) -> bytes:
    try:
        if not path.is_file():
            way_out = f"choose one of: {', '.join(CATALOGUE)}; or give the path of a text file"
            raise InputError(f"There is no data set or file {str(path)!r}; {way_out}.")
        if not known and path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path.name!r} has {path.stat().st_size:,} bytes; at most {LARGEST_FILE:,} are read.")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"The file {str(path)!r} cannot be read ({error.strerror}).") from None
