"""Odd files, each with what has to come of it: its words, or the sentence that refuses it."""

import bz2
import gzip
import io
import lzma
import pickle
import random
import tarfile
import zipfile
from dataclasses import dataclass

from makemore_core.data.limits import LARGEST_ALPHABET, LONGEST_WORD

PLAIN = tuple(f"word{letter}" for letter in "abcdefghijk")
LIST = "\n".join(PLAIN)
EMOJI = ("🦦🦦", "👩‍💻", "👨‍👩‍👧", "🇺🇦🇫🇷", "👍🏽", "❤️", "1️⃣2️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🦊a", "b🐻", "🐼🐼")
DEVANAGARI = ("आरव", "विवान", "आदित्य", "विहान", "अर्जुन", "साई", "रेयांश", "कृष्णा", "ईशान", "शौर्य", "अथर्व")
CYRILLIC = ("анна", "мария", "ёлка", "юрий", "щукин", "їжак", "ґанна", "ўладзь", "жюль", "эмма", "фёдор")
ARABIC = ("محمد", "فاطمة", "عليّ", "نور", "مریم", "می‌خواهم", "سارة", "يوسف", "ليلى", "عمر", "هدى")
HEBREW = ("אָדָם", "חַוָּה", "נֹעַ", "שָׂרָה", "דָּוִד", "רוּת", "אֶסְתֵּר", "יוֹסֵף", "לֵאָה", "משה", "מרים")
ACCENTS = ("chloé", "zoë", "françois", "noël", "élise", "søren", "łukasz", "żaneta", "işıl", "ağça", "ñandú")
CHINESE = ("王伟", "李娜", "张敏", "刘洋", "陈静", "杨帆", "黄磊", "赵雪", "周杰", "吴倩", "𠮷野")
DOTS = ("dr. no", "a.b", "...", "j.r.r.", ".com", "x.", "st. ives", "no.", "etc.", "e.g.", "i.e.")
HOSTILE = (
    "<b>x</b>", "<script>alert(1)</script>", "*a*$x$", ":red[x]", "a\\*b&lt;", "=cmd()", "../../etc/passwd",
    "`code`", ":material/home:", "[x](http://x)", "$\\frac{a}{b}$", "%s%n", "'; DROP TABLE runs; --",
)  # fmt: skip
CONTROLS, UNASSIGNED = ("\x1b[31mred", "bell\a", "\x7f"), ("\uffff", "\U0010ffff", "\ue000")
ODD_LINE = "a\N{LINE SEPARATOR}b\vc\fd\N{NEXT LINE}e\N{PARAGRAPH SEPARATOR}f\x1cg"


@dataclass(frozen=True)
class Odd:
    """A file, and either the words that are read from it or what the refusal says."""

    content: bytes
    words: tuple[str, ...] = ()
    refused: str = ""
    kind: str = "words"
    encoding: str = "auto"


def good(text: str, words: tuple[str, ...] = PLAIN, **more: str) -> Odd:
    return Odd(text.encode("utf-8", "surrogatepass"), words, **more)


def bad(content: bytes | str, refused: str, **more: str) -> Odd:
    return Odd(content.encode() if isinstance(content, str) else content, (), refused, **more)


def lines(words: tuple[str, ...], end: str = "\n") -> str:
    return "".join(word + end for word in words)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("names.txt", LIST)
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        about = tarfile.TarInfo("names.txt")
        about.size = len(LIST)
        archive.addfile(about, io.BytesIO(LIST.encode()))
    return file.getvalue()


def alphabet(n: int) -> str:
    """n distinct characters, in words of ten."""
    characters = [chr(i) for i in range(0x4E00, 0x4E00 + n)]
    return lines(tuple("".join(characters[i : i + 10]) for i in range(0, n, 10)))


TEXT = "To be, or not to be:\nthat is the question.\n" * 40
TEXT_LINES = ("To be, or not to be:", "that is the question.")
MILLION = tuple("".join(letters) for letters in zip(*[iter(random.Random(1).choices("abcdefgh", k=3_000_000))] * 3))  # noqa: B905

ODD_FILES = {
    "plain": good(LIST),
    "ends-with-a-line-feed": good(LIST + "\n"),
    "crlf": good(lines(PLAIN, "\r\n")),
    "cr-only": good(lines(PLAIN, "\r")),
    "mixed-ends": good("\r\n".join(PLAIN[:4]) + "\r" + "\n".join(PLAIN[4:])),
    "cr-cr-lf": good(lines(PLAIN, "\r\r\n")),
    "many-empty-lines": good("\n\n\n" + lines(PLAIN, "\n\n \n")),
    "spaces-around": good(lines(tuple(f"  {word} " for word in PLAIN))),
    "utf-8-mark": good("\ufeff" + LIST),
    "utf-8-mark-crlf": good("\ufeff" + lines(PLAIN, "\r\n")),
    "a-mark-in-the-middle": good(LIST + "\n\ufeffz", (*PLAIN, "\ufeffz")),
    "utf-16-le": Odd(b"\xff\xfe" + LIST.encode("utf-16-le"), PLAIN),
    "utf-16-be": Odd(b"\xfe\xff" + LIST.encode("utf-16-be"), PLAIN),
    "utf-16-crlf": Odd(lines(PLAIN, "\r\n").encode("utf-16"), PLAIN),
    "utf-16-emoji": Odd(lines(EMOJI).encode("utf-16"), EMOJI),
    "utf-16-cut": bad(LIST.encode("utf-16")[:-1], r"cannot be read as utf-16-le: byte \d+ in line 11 .*save it again"),
    "utf-16-lone-surrogate": bad(
        b"\xff\xfe" + LIST.encode("utf-16-le") + b"\x00\xd8\x41\x00", r"cannot be read as utf-16-le"
    ),
    "utf-16-without-mark": bad(LIST.encode("utf-16-le"), r"looks like UTF-16 without its mark \(byte 1 .* utf-16-le"),
    "utf-16-be-without-mark": bad(LIST.encode("utf-16-be"), r"byte 0 is NUL.* the encoding utf-16-be"),
    "utf-16-without-mark-but-named": Odd(LIST.encode("utf-16-le"), PLAIN, encoding="utf-16-le"),
    "utf-32": Odd(LIST.encode("utf-32"), PLAIN),
    "utf-32-be": Odd(b"\0\0\xfe\xff" + LIST.encode("utf-32-be"), PLAIN),
    "latin-1": bad("zoë\n".encode("latin-1") * 20, "is not UTF-8 text: byte 2 in line 1 is 0xeb; save it as UTF-8"),
    "latin-1-further-down": bad(LIST.encode() + b"\nzo\xeb", r"byte 68 in line 12 is 0xeb"),
    "latin-1-but-named": Odd(lines(("zoë", *PLAIN)).encode("latin-1"), ("zoë", *PLAIN), encoding="cp1252"),
    "windows-1251-but-named": Odd(lines(CYRILLIC[:5]).encode("cp1251") * 2, CYRILLIC[:5] * 2, encoding="cp1251"),
    "a-byte-that-windows-1252-lacks": bad(b"\x81\n" * 20, "read as cp1252: byte 0 in line 1", encoding="cp1252"),
    "an-encoding-that-there-is-not": bad(LIST, "Unknown encoding 'latin-9'; choose one of: auto", encoding="latin-9"),
    "shift-jis": bad("山田\n".encode("shift_jis") * 20, "is not UTF-8 text: byte 0 in line 1"),
    "a-bad-byte": bad(LIST.encode() + b"\xff", "byte 65 in line 11 is 0xff"),
    "cut-in-a-letter": bad((LIST + "\né").encode()[:-1], "byte 66 in line 12 is 0xc3"),
    "overlong-utf-8": bad(LIST.encode() + b"\n\xc0\xaf", "is not UTF-8 text: byte 66 in line 12"),
    "lone-surrogate": bad(LIST.encode() + b"\n\xed\xa0\x80", "is not UTF-8 text: byte 66 in line 12"),
    "nul": bad(LIST.encode() + b"\n\0", r"is a binary file, not a text: byte 66 in line 12 is NUL"),
    "nul-in-utf-16": bad((LIST + "\na\0b").encode("utf-16"), "has a NUL character in line 12; remove it"),
    "only-nul": bad(b"\0" * 5_000, "looks like UTF-16|is a binary file"),
    "random-bytes": bad(random.Random(1).randbytes(5_000), "is a binary file|is not UTF-8"),
    "zip": bad(zipped(), "is a ZIP archive, or an office document, not a text, as its first bytes say; unpack it"),
    "gzip": bad(gzip.compress(LIST.encode()), "is a gzip archive"),
    "bzip2": bad(bz2.compress(LIST.encode()), "is a bzip2 archive"),
    "xz": bad(lzma.compress(LIST.encode()), "is an xz archive"),
    "tar": bad(tarred(), "is a tar archive"),
    "pickle": bad(pickle.dumps(PLAIN), "is a pickle.*never loaded, as it could run code"),
    "pickle-of-protocol-0": bad(pickle.dumps(print, 0), "is a pickle"),
    "png": bad(b"\x89PNG\r\n\x1a\n" + bytes(50), "is a picture"),
    "pdf": bad("%PDF-1.7\n" + LIST, "is a PDF document"),
    "program": bad(b"\x7fELF" + bytes(100), "is a program"),
    "sqlite": bad(b"SQLite format 3\0" + bytes(100), "is an SQLite database"),
    "empty": bad("", "has 0 words; at least 10 are needed"),
    "only-a-mark": bad(b"\xef\xbb\xbf", "has 0 words"),
    "only-blank-lines": bad("\n \r\n\r \n", "has 0 words"),
    "one-line": bad("emma", "has 1 words; at least 10"),
    "nine-words": bad("emma\n" * 9, "has 9 words"),
    "all-the-same": good("emma\n" * 12, ("emma",) * 12),
    "one-character-each": good("a\n" * 10, ("a",) * 10),
    "odd-line-ends-inside": good(lines((ODD_LINE, *PLAIN)), (ODD_LINE, *PLAIN)),
    "control-characters": good(lines((*CONTROLS, *PLAIN)), (*CONTROLS, *PLAIN)),
    "tabs": good(lines(("a\tb", *PLAIN)), ("a\tb", *PLAIN)),
    "no-break-spaces": good(lines(("\u00a0a\u00a0", *PLAIN)), ("\u00a0a\u00a0", *PLAIN)),
    "zero-width": good(lines(("a\u200bb", "soft\u00adhyphen", *PLAIN)), ("a\u200bb", "soft\u00adhyphen", *PLAIN)),
    "right-to-left-override": good(lines(("\u202egnp.exe", *PLAIN)), ("\u202egnp.exe", *PLAIN)),
    "accents": good(lines(ACCENTS), ACCENTS),
    "combining": good(lines(("e\u0301lise", "é\u0301", *ACCENTS)), ("e\u0301lise", "é\u0301", *ACCENTS)),
    "a-mark-alone": good(lines(("\u0301", *PLAIN)), ("\u0301", *PLAIN)),
    "cyrillic": good(lines(CYRILLIC), CYRILLIC),
    "devanagari": good(lines(DEVANAGARI), DEVANAGARI),
    "arabic": good(lines(ARABIC), ARABIC),
    "hebrew": good(lines(HEBREW), HEBREW),
    "chinese": good(lines(CHINESE), CHINESE),
    "emoji": good(lines(EMOJI), EMOJI),
    "not-a-character": good(lines((*UNASSIGNED, *PLAIN)), (*UNASSIGNED, *PLAIN)),
    "dots": good(lines(DOTS), DOTS),
    "every-usual-boundary": good(lines((".|•␤", *DOTS)), (".|•␤", *DOTS)),
    "markup": good(lines(HOSTILE), HOSTILE),
    "the-longest-word": good(lines(("x" * LONGEST_WORD, *PLAIN)), ("x" * LONGEST_WORD, *PLAIN)),
    "a-line-of-200,000": bad(
        lines((*PLAIN, "x" * 200_000)), r"Line 12 of .* has 200,000 characters; a word has at most 1,000\. .*kind=text"
    ),
    "a-line-of-200,000-as-text": good("x y " * 50_000, ("x y " * 50_000,), kind="text"),
    "a-million-lines": good(lines(MILLION), MILLION),
    "the-largest-alphabet": good(alphabet(LARGEST_ALPHABET), tuple(alphabet(LARGEST_ALPHABET).split())),
    "5,000-characters": bad(alphabet(5_000), "has 5,000 distinct characters; at most 1,000 can be learnt: write it"),
    "text": good(TEXT, TEXT_LINES, kind="text"),
    "text-crlf": good(TEXT.replace("\n", "\r\n"), TEXT_LINES, kind="text"),
    "text-with-mark": good("\ufeff" + TEXT, TEXT_LINES, kind="text"),
    "short-text": bad("abc", "has 3 characters; a text to learn from has 1,000 or more", kind="text"),
    "text-of-line-ends": bad("\n" * 2_000, "holds nothing but line ends", kind="text"),
    "text-of-5,000-characters": bad(alphabet(5_000), "has 5,000 distinct characters", kind="text"),
}  # fmt: skip
