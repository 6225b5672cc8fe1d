"""Faults of a data set that a net would pay for: what, how many, where, why it matters, and which mend helps.

Each check is a function of the material and gives a finding or None; LINTS is the table of them.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from makemore_core.knobs import Value
from makemore_core.lint.material import Material, Numbered
from makemore_core.lint.mends import (
    FULL_LINE,
    RARE,
    REPLACEMENT,
    SHORT,
    longest_usual,
    rare_characters,
    separator_of,
)
from makemore_core.lint.order import order_test
from makemore_core.vocabulary import JOINERS, is_invisible, is_mark

EXAMPLES = 4
FEW_WORDS = 1_000
SPACES_OF_A_SENTENCE = 3.0  # in a line, on average
FINE, WATCH, SICK = 0, 1, 2


@dataclass(frozen=True)
class Example:
    """A line of the file, and what there is to say about it."""

    line: int
    text: str
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """One fault. `mend` is a name of MENDS or empty, `turn` a knob and the value that helps instead."""

    check: str
    level: int  # 0 is good to know, 1 to watch, 2 spoils what is measured
    count: int
    what: str
    why: str
    mend: str = ""
    turn: tuple[tuple[str, Value], ...] = ()
    examples: tuple[Example, ...] = field(default=())


def lint(material: Material) -> tuple[Finding, ...]:
    """All that is found, the worst first. InputError where the material cannot be read at all."""
    _ = material.dataset
    found = [finding for check in LINTS.values() if (finding := check(material))]
    return tuple(sorted(found, key=lambda finding: -finding.level))


def duplicates(material: Material) -> Finding | None:
    """Words that came before."""
    if material.is_text:
        return None
    first: dict[str, int] = {}
    again = [(i, word) for i, word in material.words if first.setdefault(word, i) != i]
    return _finding(
        "duplicates", WATCH, again, f"{_many(again, 'word')} stand in the list before.",
        "What comes twice counts twice, and may be learnt and tested at once.", "deduplicate",
        note=lambda word: f"as in line {first[word]:,}",
    )  # fmt: skip


def leaks(material: Material) -> Finding | None:
    """What stands in train and is tested all the same."""
    if material.how.split == "whole":
        why = "Then a low loss on val says nothing about new words."
        return Finding("leaks", WATCH, 0, "All words are train, val and test at once.", why, turn=(LECTURES,))
    if material.is_text:
        return _leaks_of_text(material)
    parts = material.dataset.parts
    train, held = set(parts["train"]), [name for name in ("val", "test") if parts[name]]
    leaking = {name: sum(word in train for word in parts[name]) for name in held}
    of = " and ".join(f"{leaking[name]:,} of {len(parts[name]):,} words of {name}" for name in held)
    known = [*dict.fromkeys(w for name in held for w in parts[name] if w in train)][:EXAMPLES]
    wanted = set(known)
    numbers = {word: i for i, word in reversed(material.words) if word in wanted}
    found = _finding(
        "leaks", SICK if 2 * leaking["val"] > len(parts["val"]) else WATCH, [(numbers[word], word) for word in known],
        f"{of} also stand in train.", "The net has seen them: val looks better than it would on new words.",
        "deduplicate", count=sum(leaking.values()),
    )  # fmt: skip
    return replace(found, mend="", turn=EACH_ONCE) if found and material.how.copies > 1 else found


def _leaks_of_text(material: Material) -> Finding | None:
    (train,), (rest,) = material.dataset.parts["train"], material.dataset.parts["val"]
    seen = {line for line in train.split("\n") if len(line) >= FULL_LINE}
    before = train.count("\n")
    again = [(before + i, line) for i, line in enumerate(rest.split("\n"), 1) if line in seen]
    return _finding(
        "leaks", WATCH, again, f"{_many(again, 'line')} of val, each of {FULL_LINE} characters or more, also in train.",
        "The net has seen them: val looks better than it would on a new text.", "deduplicate",
    )  # fmt: skip


def short_words(material: Material) -> Finding | None:
    """Words of one character."""
    short = [] if material.is_text else [(i, word) for i, word in material.words if len(word) <= SHORT]
    if 2 * len(short) > len(material.lines):
        return None  # then a word is a character here
    return _finding(
        "short", WATCH, short, f"{_many(short, 'word')} of a single character.",
        "Often the rest of a header or of an initial; the net learns to stop at once.", "drop-short",
    )  # fmt: skip


def long_words(material: Material) -> Finding | None:
    """Words far longer than the others."""
    most = longest_usual(material)
    long = [] if material.is_text else [(i, word) for i, word in material.words if len(word) > most]
    return _finding(
        "long", WATCH, long, f"{_many(long, 'word')} of more than {most} characters.",
        "Far longer than the others: they are seldom words, and take most of the steps.", "drop-long",
    )  # fmt: skip


def rare(material: Material) -> Finding | None:
    """Characters that hardly ever come."""
    characters = rare_characters(material)
    return _finding(
        "rare", WATCH, material.lines_with(characters),
        f"{_many(characters, 'character')} less than {RARE} times each: {_listed(characters)}.",
        "Each has rows of weights of its own that hardly ever learn.", "drop-rare", count=len(characters),
    )  # fmt: skip


def invisible(material: Material) -> Finding | None:
    """Characters of which nothing is seen."""
    characters = {c for c in material.frequency if is_invisible(c) and not (material.is_text and c == "\t")}
    return _finding(
        "invisible", SICK, material.lines_with(characters),
        f"{_many(characters, 'character')} that cannot be seen: {_listed(characters)}.",
        "Two words that look the same are two to the net, and it will write them too.", "strip",
    )  # fmt: skip


def damaged(material: Material) -> Finding | None:
    """What a wrong decoding has left."""
    return _finding(
        "damaged", SICK, lines := material.lines_with({REPLACEMENT} & material.frequency.keys()),
        f"{_many(lines, 'line')} with {REPLACEMENT}, what a wrong decoding leaves behind.",
        "Letters are lost there; best read the file again with its own encoding.", "drop-damaged",
    )  # fmt: skip


def normal_forms(material: Material) -> Finding | None:
    """Letters that are not in the normal form C of Unicode."""
    lines = material.lines_where(lambda line: not line.isascii() and not unicodedata.is_normalized("NFC", line))
    return _finding(
        "normal-forms", WATCH, lines, f"{_many(lines, 'line')} write an accented letter in pieces, or in an old form.",
        "The same letter may stand there in two ways, and the net learns each by itself.", "normalise",
    )  # fmt: skip


def trailing_blanks(material: Material) -> Finding | None:
    """Blanks that nobody meant."""
    lines = material.lines_where(
        lambda line: bool(line) and line != (line.rstrip() if material.is_text else line.strip())
    )
    return _finding(
        "blanks", WATCH if material.is_text else FINE, lines, f"{_many(lines, 'line')} with blanks at the ends.",
        "In a list, spaces are left out when it is read; other blanks, and those of a text, are learnt.", "strip",
    )  # fmt: skip


def mixed_case(material: Material) -> Finding | None:
    """Capitals beside the same small letters."""
    alphabet = material.frequency.keys()
    if material.is_text or not any(c != c.lower() and c.lower() in alphabet for c in alphabet):
        return None
    capitals = material.lines_where(lambda line: line != line.lower())
    return _finding(
        "case", FINE, capitals, f"{_many(capitals, 'word')} with capitals.",
        "A and a are two characters to the net: a larger alphabet, each half as often seen.", "lower",
    )  # fmt: skip


def columns(material: Material) -> Finding | None:
    """A table that was taken for a list."""
    separator = "" if material.is_text else separator_of(material)
    lines = material.lines_with({separator}) if separator else []
    return _finding(
        "columns", SICK, lines, f"Columns with {named(separator)} between, in {_many(lines, 'line')}.",
        "A table's numbers would be learnt as parts of its words.", "first-column",
    )  # fmt: skip


def looks_like_text(material: Material) -> Finding | None:
    """Sentences that were taken for words."""
    spaces = material.frequency.get(" ", 0) / max(1, len(material.lines))
    if material.is_text or spaces < SPACES_OF_A_SENTENCE:
        return None
    return Finding(
        "text", WATCH, len(material.lines), f"The lines look like sentences, with {spaces:.0f} spaces each.",
        "As words each line is learnt by itself; as a text one line leads to the next.", turn=(("data.kind", "text"),),
    )  # fmt: skip


def few_words(material: Material) -> Finding | None:
    """Too little to measure on."""
    n = len(material.lines)
    if material.is_text or n >= FEW_WORDS:
        return None
    held = len(material.dataset.parts["val"])
    return Finding(
        "few", FINE, n, f"Only {n:,} words, of which {held:,} in val.",
        f"The losses of val and test tremble, and a net soon knows train by heart; {FEW_WORDS:,} or more are better.",
    )  # fmt: skip


def order_bias(material: Material) -> Finding | None:
    """Seed 004 forgot to shuffle a list with girls first, then boys: val came out .3 above train."""
    if material.is_text:
        return None
    test = order_test([word for _, word in material.words], material.how.train_share)
    if test is None or not test.tells:
        return None
    first, rest = test.shares
    what = (
        f"The end of the list is not like its beginning: {test.feature} {named(test.value)} in {first:.0%} of the "
        f"first words and {rest:.0%} of the last (χ² {test.chi_squared:,.0f}; shuffled about {test.freedom:,})."
    )
    unshuffled = material.how.split == "lectures" and material.how.shuffles == 0
    why = (
        "Unshuffled, val and test hold other words than train: in seed 004 val stayed 0.3 nats above it."
        if unshuffled
        else "The chosen split shuffles it, so nothing is lost here; one that takes the list in order would."
    )
    shuffle = (("data.shuffles", 1),) if unshuffled else ()
    return Finding("order", SICK if unshuffled else FINE, len(material.lines), what, why, "shuffle", shuffle)


EACH_ONCE: tuple[tuple[str, Value], ...] = (("data.copies", 0),)
LECTURES: tuple[str, Value] = ("data.split", "lectures")
LINTS: dict[str, Callable[[Material], Finding | None]] = {
    "columns": columns,
    "invisible": invisible,
    "damaged": damaged,
    "order": order_bias,
    "leaks": leaks,
    "duplicates": duplicates,
    "normal-forms": normal_forms,
    "rare": rare,
    "short": short_words,
    "long": long_words,
    "text": looks_like_text,
    "case": mixed_case,
    "blanks": trailing_blanks,
    "few": few_words,
}


def named(character: str) -> str:
    """A character as one reads it: itself, or its number and name where it would not be seen."""
    if len(character) == 1 and (is_invisible(character) or character in (" ", *JOINERS) or is_mark(character)):
        return f"U+{ord(character):04X} {unicodedata.name(character, 'control character').lower()}"
    return character


def _many(found: Sequence[object] | set[str], noun: str) -> str:
    return f"{len(found):,} {noun}{'' if len(found) == 1 else 's'}"


def _listed(characters: set[str], most: int = 8) -> str:
    some = [named(c) for c in sorted(characters)[:most]]
    return ", ".join(some) + (" and others" if len(characters) > most else "")


def _finding(
    check: str,
    level: int,
    lines: Sequence[Numbered],
    what: str,
    why: str,
    mend: str,
    count: int | None = None,
    note: Callable[[str], str] = lambda line: "",
) -> Finding | None:
    """The finding about some lines; None where there are none."""
    if not lines:
        return None
    examples = tuple(Example(i, line, note(line)) for i, line in lines[:EXAMPLES])
    return Finding(check, level, len(lines) if count is None else count, what, why, mend, examples=examples)
