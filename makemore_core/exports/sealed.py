"""One file of many parts, each known by its SHA-256: a ZIP file with a manifest, and how a foreign one is opened.

Nothing is unpacked to disk, no name of a part is ever a path, and what a part declares is checked before and after it
is read: a file of a few kilobytes must not become gigabytes.
"""

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping

import orjson

from makemore_core.errors import InputError

FORMAT, VERSION = "makemore-lab-runs", 1
MANIFEST = "manifest.json"
PART = re.compile(r"[a-z0-9-]{1,64}(/[a-z0-9.-]{1,80}){1,3}")
MOST_PARTS = 30_000
LARGEST_TOTAL = 1_000_000_000  # bytes of all parts, unpacked
LARGEST_MANIFEST = 6_000_000  # bytes, room for all parts; as lists of nothing it is 135 MB in memory
LARGEST_DIRECTORY = 4_000_000  # bytes in which a ZIP file lists its parts
MOST_PACKED, ALWAYS_FINE = 200, 1_000_000  # times smaller than the part; bytes that may be packed as small as can be
WRITTEN = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP file knows: equal runs give equal bytes
END = struct.Struct("<4s4H2IH")  # of a ZIP file: where its directory lies, and how long it is
LOCATOR_SIZE = 20
FAULTS = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(NotImplementedError, RuntimeError, EOFError, OSError, ValueError, LookupError, OverflowError),
)


def damaged(what: str) -> InputError:
    """The one sentence for all that no archive of ours can hold."""
    return InputError(f"This is no whole archive of Makemore Lab: {what}; export the runs anew.")


def sealed(parts: Mapping[str, bytes]) -> bytes:
    """All parts in one file. Texts are packed; weights are stored as they are, because they pack badly.

    Raises InputError where there are more than could be opened again.
    """
    total = sum(map(len, parts.values()))
    if total > LARGEST_TOTAL or len(parts) > MOST_PARTS:
        raise InputError(
            f"An archive holds {LARGEST_TOTAL:,} bytes in {MOST_PARTS:,} parts at most, but these runs have {total:,} "
            f"in {len(parts):,}; take fewer runs at once."
        )
    about = {name: {"bytes": len(part), "sha256": _digest(part)} for name, part in parts.items()}
    manifest = orjson.dumps({"format": FORMAT, "version": VERSION, "parts": about})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in ((MANIFEST, manifest), *parts.items()):
            as_it_is = name.endswith(".safetensors") or _packs_too_well(part)
            how = zipfile.ZIP_STORED if as_it_is else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, WRITTEN), part, how)
    return file.getvalue()


def _packs_too_well(part: bytes) -> bool:
    """So small that it would be refused when it is opened, as the same line a hundred thousand times."""
    return len(part) > ALWAYS_FINE and len(part) > MOST_PACKED / 2 * len(zlib.compress(part))


def opened(content: bytes) -> dict[str, bytes]:
    """The parts of a file that sealed() wrote, each whole; one InputError for any other file."""
    try:
        _check_directory(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _parts_in(archive)
    except InputError:
        raise
    except FAULTS as error:
        raise damaged(f"{type(error).__name__} while it was opened") from None


def _check_directory(content: bytes) -> None:
    """Before anything is listed: a directory that ends where we end it, and is not endless."""
    if len(content) < END.size:
        raise damaged(f"it has {len(content)} bytes")
    signature, *_, length, start, comment = END.unpack(content[-END.size :])
    begins_where_it_says = start + length + END.size == len(content)  # no second, larger directory before it
    is_large = content[-END.size - LOCATOR_SIZE :].startswith(b"PK\6\7")  # the form for gigabytes, which we never write
    if signature != b"PK\5\6" or comment or is_large or not begins_where_it_says:
        raise damaged("it does not end as one")
    if length > LARGEST_DIRECTORY:
        raise damaged(f"its list of parts has {length:,} bytes, and at most {LARGEST_DIRECTORY:,} are read")


def _parts_in(archive: zipfile.ZipFile) -> dict[str, bytes]:
    listed = archive.infolist()
    if not listed or listed[0].filename != MANIFEST:
        raise damaged("it has no manifest")
    known = _manifest(_read(archive, listed[0], LARGEST_MANIFEST))
    if [part.filename for part in listed[1:]] != list(known):
        raise damaged("its parts are not those of its manifest")
    if sum(part.file_size for part in listed[1:]) > LARGEST_TOTAL:
        raise InputError(f"An archive holds {LARGEST_TOTAL:,} bytes at most; export fewer runs at once.")
    return {part.filename: _checked(_read(archive, part, part.file_size), part, known) for part in listed[1:]}


def _manifest(content: bytes) -> dict[str, str]:
    """The SHA-256 of each part by its name."""
    manifest = orjson.loads(content)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise damaged("its manifest is of something else")
    version = manifest.get("version")
    if not isinstance(version, int) or not 0 < version <= VERSION:
        raise InputError(
            f"This archive is of version {str(version)[:20]}, but {VERSION} is known here; update the lab."
        )
    parts = manifest.get("parts")
    if not isinstance(parts, dict) or len(parts) > MOST_PARTS:
        raise damaged(f"its manifest lists no parts, or more than {MOST_PARTS:,}")
    known: dict[str, str] = {}
    for name, about in parts.items():
        if not (PART.fullmatch(name) and isinstance(about, dict) and isinstance(about.get("sha256"), str)):
            raise damaged("its manifest names a part as none is named")
        known[name] = about["sha256"]
    return known


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes:
    """A part's bytes, as many as it declares."""
    if part.file_size > most or part.file_size > max(ALWAYS_FINE, MOST_PACKED * part.compress_size):
        raise damaged(f"a part of {part.compress_size:,} bytes would become {part.file_size:,}")
    with archive.open(part) as file:
        content = file.read(part.file_size + 1)
    if len(content) != part.file_size:
        raise damaged("a part has another length than it declares")
    return content


def _checked(content: bytes, part: zipfile.ZipInfo, known: Mapping[str, str]) -> bytes:
    if _digest(content) != known[part.filename]:
        raise damaged(f"{part.filename} has another SHA-256 than its manifest says")
    return content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
