"""The words of this lab: each with one sentence, its formula, its place in the code, and the number of a run."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from makemore_core.glossary import around, counting, learning, net, sequences
from makemore_core.glossary.knobs import knob_terms
from makemore_core.glossary.panels import panel_terms
from makemore_core.glossary.term import Here, Term

KNOBS, PANELS = "Knobs", "Panels"
GROUPS: dict[str, tuple[Term, ...]] = {
    "Counting": counting.TERMS,
    "The net": net.TERMS,
    "Learning": learning.TERMS,
    "Sequences": sequences.TERMS,
    "Drawing": around.DRAWING,
    "Data": around.DATA,
    "Maps": around.MAPS,
    "Runs": around.RUNS,
    KNOBS: knob_terms(),
    PANELS: panel_terms(),
}
GLOSSARY = {term.slug: replace(term, group=group) for group, terms in GROUPS.items() for term in terms}
IN_TEXTS = {
    word.lower(): term for term in GLOSSARY.values() if term.group not in (KNOBS, PANELS) for word in term.words
}


def search(text: str) -> list[Term]:
    """Terms whose name has the text, then those that only speak of it."""
    wanted = text.strip().lower()
    by_name = [term for term in GLOSSARY.values() if any(wanted in word.lower() for word in term.words)]
    return by_name + [term for term in GLOSSARY.values() if wanted in term.about.lower() and term not in by_name]


def found_in(text: str) -> Iterator[tuple[str, Term | None]]:
    """A text in pieces: each term where it comes first, with its term; between them the rest, with none."""
    seen, end = set[str](), 0
    for match in _any_word().finditer(text):
        term = IN_TEXTS[match[0].lower()]
        if term.slug not in seen:
            seen.add(term.slug)
            yield text[end : match.start()], None
            yield match[0], term
            end = match.end()
    yield text[end:], None


@cache
def _any_word() -> re.Pattern[str]:
    """Longer words first: `gradient norm` before `gradient`."""
    words = sorted(IN_TEXTS, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})(?![\w-])", re.IGNORECASE)


__all__ = ["GLOSSARY", "GROUPS", "KNOBS", "PANELS", "Here", "Term", "found_in", "search"]
