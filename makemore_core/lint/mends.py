"""Mends for what lint finds: each makes another text of a text, line by line, and a preview says what would change."""

import random
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from makemore_core.errors import choose_one_of
from makemore_core.lint.material import Material, Numbered
from makemore_core.vocabulary import is_invisible

SHUFFLE_SEED = 42
SHORT = 1  # characters
LONG, TIMES_THE_MEDIAN = 40, 4
RARE = 5  # times
FULL_LINE = 40  # characters of a text's line that hardly come twice by chance
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"  # what a wrong decoding leaves behind
SEPARATORS = "\t;,"
SHOWN = 6  # lines in a preview
Act = Callable[[list[Numbered], Material], list[Numbered]]


@dataclass(frozen=True)
class Mend:
    """A way to mend: its name on a button, what it does, and the doing."""

    title: str
    about: str
    act: Act


@dataclass(frozen=True)
class Mended:
    """What some mends make of a text: how many lines they drop, change and move, and examples of it."""

    text: str
    before: int
    after: int
    changed: int
    moved: bool
    examples: tuple[tuple[int, str, str | None], ...]  # number, line before, and after; None where it is dropped


def mended(material: Material, names: Sequence[str]) -> Mended:
    """Apply mends of MENDS, in the table's order. InputError for one that there is not."""
    for name in names:
        if name not in MENDS:
            raise choose_one_of("mend", name, MENDS)
    lines = list(material.lines)
    for name, mend in MENDS.items():
        if name in names:
            lines = mend.act(lines, material)
    after = dict(lines)
    changes = [(i, line, after.get(i)) for i, line in material.lines if after.get(i) != line]
    numbers = [i for i, _ in lines]
    return Mended(
        "\n".join(line for _, line in lines) + ("" if material.is_text else "\n"),
        len(material.lines),
        len(lines),
        sum(new is not None for _, _, new in changes),
        numbers != sorted(numbers),
        tuple(changes[:SHOWN]),
    )


def separator_of(material: Material) -> str:
    """What divides the columns, where nearly every line has as many of them; else nothing."""
    lines = [line for _, line in material.lines]
    for separator in SEPARATORS:
        counts = [line.count(separator) for line in lines]
        usual = max(set(counts), key=counts.count) if counts else 0
        if usual and counts.count(usual) >= 0.9 * len(lines):
            return separator
    return ""


def rare_characters(material: Material) -> set[str]:
    """Characters that come less than RARE times, where the usual one comes far more often."""
    counts = material.frequency
    if counts.total() < 10 * RARE * len(counts):
        return set()
    return {character for character, n in counts.items() if n < RARE}


def longest_usual(material: Material) -> int:
    """Characters up to which a word is no outlier."""
    lengths = sorted(len(line) for _, line in material.lines)
    return max(LONG, TIMES_THE_MEDIAN * lengths[len(lengths) // 2]) if lengths else LONG


def cleaned(line: str) -> str:
    """Without what nobody sees: blanks of all kinds become spaces, the rest goes."""
    spaced = "".join(" " if c.isspace() else c for c in line)
    return "".join(c for c in spaced if not is_invisible(c)).strip(" ")


def _each(change: Callable[[str], str]) -> Act:
    return lambda lines, material: [
        (i, new) for i, line in lines if (new := change(line)) or (material.is_text and not line)
    ]


def _first_column(lines: list[Numbered], material: Material) -> list[Numbered]:
    separator = separator_of(material)
    return _each(lambda line: line.split(separator)[0].strip(' "'))(lines, material) if separator else lines


def _clean(lines: list[Numbered], material: Material) -> list[Numbered]:
    if not material.is_text:
        return _each(cleaned)(lines, material)
    gone = {c for c in material.frequency if is_invisible(c) and c != "\t"}
    return [(i, "".join(c for c in line if c not in gone).rstrip()) for i, line in lines]


def _deduplicate(lines: list[Numbered], material: Material) -> list[Numbered]:
    """The first of equal words stays; of a text's lines only full ones count."""
    seen: set[str] = set()
    kept: list[Numbered] = []
    for i, line in lines:
        key = line if material.is_text else line.strip(" ")
        if key in seen and (not material.is_text or len(line) >= FULL_LINE):
            continue
        seen.add(key)
        kept.append((i, line))
    return kept


def _drop(unwanted: Callable[[str, Material], bool]) -> Act:
    return lambda lines, material: [(i, line) for i, line in lines if not unwanted(line, material)]


def _drop_long(lines: list[Numbered], material: Material) -> list[Numbered]:
    most = longest_usual(material)
    return [(i, line) for i, line in lines if len(line) <= most]


def _drop_rare(lines: list[Numbered], material: Material) -> list[Numbered]:
    rare = rare_characters(material)
    return [(i, line) for i, line in lines if rare.isdisjoint(line)]


def _shuffle(lines: list[Numbered], material: Material) -> list[Numbered]:
    return random.Random(SHUFFLE_SEED).sample(lines, len(lines))


MENDS = {
    "first-column": Mend("Keep the first column", "What stands before the first separator stays.", _first_column),
    "normalise": Mend(
        "Normalise", "Letter and accent become one character (NFC).", _each(lambda s: unicodedata.normalize("NFC", s))
    ),
    "strip": Mend("Strip", "Invisible characters go, blanks of all kinds become spaces, none at the ends.", _clean),
    "lower": Mend("Lower-case", "Capitals become small letters.", _each(str.lower)),
    "deduplicate": Mend("Deduplicate", "Of equal lines the first stays.", _deduplicate),
    "drop-short": Mend(
        "Drop the shortest", "Words of one character go.", _drop(lambda s, m: len(s.strip(" ")) <= SHORT)
    ),
    "drop-long": Mend("Drop the longest", "Words far longer than the others go.", _drop_long),
    "drop-rare": Mend("Drop rare characters", "Lines with a character that hardly ever comes go.", _drop_rare),
    "drop-damaged": Mend(
        "Drop damaged lines", "Lines that were decoded wrongly go.", _drop(lambda s, m: REPLACEMENT in s)
    ),
    "shuffle": Mend("Shuffle", "The lines in another order, that of random.Random(42).", _shuffle),
}
