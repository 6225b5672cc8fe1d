"""How a typed name is spelled with the characters that a data set has: upper case, accents and separators."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from makemore_core.vocabulary import Vocabulary

SEPARATORS = ",; \t\n"
# letters that Unicode does not take apart
PLAINER = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}


@dataclass(frozen=True)
class Spelling:
    """A name as it was typed, as the data can spell it, and the characters that they lack."""

    typed: str
    name: str
    lacking: tuple[str, ...] = ()


def names_in(text: str, vocabulary: Vocabulary) -> list[str]:
    """The distinct names in a typed text, apart at every separator that the data themselves do not use."""
    separators = "".join(c for c in SEPARATORS if c not in vocabulary.characters)
    names = re.split(f"[{re.escape(separators)}]+", text) if separators else [text]
    return [name for name in dict.fromkeys(names) if name]


def spelled(typed: str, vocabulary: Vocabulary) -> Spelling:
    """The nearest spelling: another case, without its accents; what cannot be spelled at all is left out.

    >>> spelled("Chloé", Vocabulary("acehlo"))
    Spelling(typed='Chloé', name='chloe', lacking=('C', 'é'))
    """
    known = frozenset(vocabulary.characters)
    for form in ("NFC", "NFD"):  # two ways to write one and the same é
        same = unicodedata.normalize(form, typed)
        if known.issuperset(same) and not known.issuperset(typed):
            return Spelling(typed, same)
    lacking = tuple(dict.fromkeys(c for c in typed if c not in known))
    if not lacking:
        return Spelling(typed, typed)
    composed = unicodedata.normalize("NFC", typed)
    return Spelling(typed, "".join(_nearest(c, known) for c in composed), lacking)


def _nearest(character: str, known: frozenset[str]) -> str:
    """The first way to write a character that the data know; nothing if there is none."""
    return next((way for way in _ways(character) if way and known.issuperset(way)), "")


def _ways(character: str) -> Iterator[str]:
    plain = _without_accents(character)
    for way in (character, plain, PLAINER.get(plain.lower(), "")):
        yield from (way, way.lower(), way.upper(), way.casefold())


def _without_accents(character: str) -> str:
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if not unicodedata.combining(part))
