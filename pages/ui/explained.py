"""Texts whose terms lead to the glossary: the sentence of each on hover, its page at a press."""

from urllib.parse import urlencode

from makemore_core.glossary import GLOSSARY, Term, found_in
from makemore_core.glossary.knobs import knob_name
from makemore_core.glossary.term import slug_of
from pages.ui import session
from pages.ui.literal import literal

PAGE = "glossary"


def explained(text: str) -> str:
    """Markdown of a text as it is, but that each term is a link; the plain text where a link put the glossary away."""
    if not session.limits().shows(PAGE):
        return literal(text)
    carried = _carried()
    return "".join(_link(words, term, carried) if term else literal(words) for words, term in found_in(text))


def explained_knob(path: str, help: str) -> str:
    """A knob's help with its terms, and the way to its own entry."""
    if not session.limits().shows(PAGE):
        return literal(help)
    return f"{explained(help)} {_link('More', GLOSSARY[slug_of(knob_name(path))], _carried())}"


def _carried() -> str:
    """What the glossary has to know, in a tab of its own, to say the numbers of what is shown here."""
    return urlencode(session.link_of_settings() | session.link_of_run() | session.limits().parameters)


def _link(words: str, term: Term, carried: str) -> str:
    return f'[{literal(words)}]({PAGE}?{session.TERM}={term.slug}&{carried} "{_title(term.about)}")'


def _title(about: str) -> str:
    """As Markdown takes it between quotes."""
    return about.replace("\\", "").replace('"', "'")
