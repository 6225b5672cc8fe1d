"""Lines of a data set as HTML: each of their characters is seen as itself, and none is markup."""

import html

from makemore_core.vocabulary import shown, shown_text

LONGEST = 80  # characters


def literally(text: str, longest: int = LONGEST) -> str:
    """A line, cut where it is long. Spaces between words stay spaces, those at its ends are marked."""
    cut = text[:longest]
    inside = cut.strip(" ")
    before, after = cut[: len(cut) - len(cut.lstrip(" "))], cut[len(cut.rstrip(" ")) :] if inside else ""
    words = " ".join(map(shown_text, inside.split(" ")))
    marked = "".join(map(shown, before)) + words + "".join(map(shown, after))
    return html.escape(marked) + ("…" if len(text) > longest else "")
