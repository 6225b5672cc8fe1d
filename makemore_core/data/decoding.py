"""From a file's bytes to its text, or to the one sentence that says where it is no text and what to do.

UTF-8 is read with or without its mark, UTF-16 and UTF-32 with theirs; other encodings when they are named. Lines end
with \\n, \\r\\n or \\r, and with nothing else: str.splitlines() would also split on U+2028, VT and FF.
"""

import codecs
import re

from makemore_core.data.limits import LARGEST_FILE
from makemore_core.errors import InputError, choose_one_of

AUTO = "auto"
ENCODINGS = {
    AUTO: "Unicode (UTF-8, or what its mark says)",
    "cp1252": "Western European (Windows-1252, Latin-1)",
    "cp1250": "Central European (Windows-1250)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Russian (KOI8-R)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "shift_jis": "Japanese (Shift JIS)",
    "gb18030": "Chinese (GB 18030)",
    "utf-16-le": "UTF-16 without a mark, little-endian",
    "utf-16-be": "UTF-16 without a mark, big-endian",
}
MARKS = (  # the longer ones first: UTF-32's begins as UTF-16's does
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
UNPACK = "unpack it and take the text file inside"
NEVER_LOADED = "it is never loaded, as it could run code; save its words as a text file"
EXPORT = "save its words as a text file, one a line"
FORMATS = (
    (rb"PK(\x03\x04|\x05\x06|\x07\x08)", "a ZIP archive, or an office document", f"{UNPACK}, or save as plain text"),
    (rb"\x1f\x8b", "a gzip archive", UNPACK),
    (rb"BZh[1-9]1AY&SY", "a bzip2 archive", UNPACK),
    (rb"\xfd7zXZ\0", "an xz archive", UNPACK),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (rb"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (rb"\x28\xb5\x2f\xfd", "a Zstandard archive", UNPACK),
    (rb"(?s).{257}ustar", "a tar archive", UNPACK),
    (rb"\x80[\x02-\x05]|[\]}]q\0|\((lp|dp)\d\n|c(__builtin__|builtins|posix|nt|os)\n\w+\n", "a pickle", NEVER_LOADED),
    (rb"%PDF-", "a PDF document", EXPORT),
    (rb"\{\\rtf", "an RTF document", EXPORT),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document", EXPORT),
    (rb"SQLite format 3\0", "an SQLite database", EXPORT),
    (rb"PAR1[\0-\x1f]", "a Parquet table", EXPORT),
    (rb"\x89PNG\r\n|GIF8[79]a|\xff\xd8\xff|RIFF.{4}WEBP", "a picture", "give a text"),
    (rb"\x7fELF|MZ.{0,6}\0", "a program", "give a text"),
)
LOOKS_LIKE_UTF_16 = 0.3  # of the bytes at one of the two places are NUL
SHARE_LOOKED_AT = 4096  # bytes


def decode(content: bytes, name: str, encoding: str = AUTO) -> str:
    """The text, with every line's end as \\n. InputError with the byte and the line for what is none."""
    if len(content) > LARGEST_FILE:
        raise InputError(f"{name!r} has {len(content):,} bytes; at most {LARGEST_FILE:,} are read: take a part of it.")
    if encoding not in ENCODINGS:
        raise choose_one_of("encoding", encoding, ENCODINGS)
    mark, marked = next(((m, e) for m, e in MARKS if content.startswith(m)), (b"", ""))
    if not marked:
        _refuse_formats(content, name)
    if encoding != AUTO:
        marked, mark = encoding, mark if marked == encoding else b""
    body = content[len(mark) :]
    if not marked:
        _refuse_nul(body, name)
    text = _decoded(body, marked or "utf-8", name, len(mark), chosen=encoding != AUTO)
    if "\0" in text:
        raise InputError(f"{name!r} has a NUL character in line {_line_at(text, text.index(chr(0)))}; remove it.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_formats(content: bytes, name: str) -> None:
    for pattern, what, way_out in FORMATS:
        if re.match(pattern, content):
            raise InputError(f"{name!r} is {what}, not a text, as its first bytes say; {way_out}.")


def _refuse_nul(body: bytes, name: str) -> None:
    place = body.find(0)
    if place < 0:
        return
    head = body[:SHARE_LOOKED_AT]
    little, big = (head[start::2].count(0) / max(1, len(head[start::2])) for start in (1, 0))
    if max(little, big) > LOOKS_LIKE_UTF_16:
        kind = "utf-16-le" if little > big else "utf-16-be"
        raise InputError(
            f"{name!r} looks like UTF-16 without its mark (byte {place:,} is NUL); save it as UTF-8, "
            f"or read it with the encoding {kind}."
        )
    raise InputError(
        f"{name!r} is a binary file, not a text: byte {place:,} in line {_line_of_byte(body, place)} is NUL; "
        "give a list with one word a line."
    )


def _decoded(body: bytes, encoding: str, name: str, skipped: int, chosen: bool) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        place = f"byte {skipped + error.start:,} in line {_line_before(body[: error.start], encoding)}"
        found = f"{place} is 0x{body[error.start]:02x}"
        if encoding == "utf-8":
            way_out = (
                "save it as UTF-8, or keep it with its encoding named (`data lint FILE --encoding cp1252 --keep NAME`)"
            )
            raise InputError(f"{name!r} is not UTF-8 text: {found}; {way_out}.") from None
        way_out = "choose another encoding" if chosen else "the file may be cut: save it again as UTF-8"
        raise InputError(f"{name!r} cannot be read as {encoding}: {found}; {way_out}.") from None


def _line_before(body: bytes, encoding: str) -> str:
    return f"{1 + body.decode(encoding, 'replace').count(chr(10)):,}"


def _line_of_byte(body: bytes, place: int) -> str:
    return f"{1 + body.count(10, 0, place):,}"


def _line_at(text: str, place: int) -> str:
    return f"{1 + text.count(chr(10), 0, place):,}"
