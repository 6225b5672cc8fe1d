"""The few pieces of HTML that a run card is made of. Everything that is not our own word is escaped here."""

import html
from collections.abc import Iterable, Sequence

from makemore_core.vocabulary import shown


def literal(text: str) -> str:
    """Text that shows as it is, whatever it is: no markup, and nothing that is not seen."""
    return html.escape("".join(c if c.isprintable() else shown(c) for c in text))


def code(text: str) -> str:
    """The same in the typeface of code; line ends stay."""
    return "<pre><code>" + html.escape("\n".join(text.splitlines())) + "</code></pre>"


def number(value: float | None, digits: int = 4) -> str:
    """`2.0619`; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def section(title: str, *parts: str) -> str:
    """A part of the card under its heading; nothing where it has no parts."""
    body = "".join(parts)
    return f"<section><h2>{literal(title)}</h2>{body}</section>" if body else ""


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML already; the first of a row names it. The caption is for those who hear the page."""
    head = "".join(f"<th scope=col>{html.escape(column)}</th>" for column in columns)
    body = "".join(
        f"<tr><th scope=row>{first}</th>{''.join(f'<td>{cell}</td>' for cell in rest)}</tr>" for first, *rest in rows
    )
    caption = f"<caption>{html.escape(caption)}</caption>"
    return f"<div class=wide><table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def details(summary: str, body: str) -> str:
    """What opens on a click; printed only where it is open."""
    return f"<details><summary>{html.escape(summary)}</summary>{body}</details>"


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of names and values; the values are HTML already."""
    return "<dl>" + "".join(f"<div><dt>{html.escape(n)}</dt><dd>{v}</dd></div>" for n, v in pairs) + "</dl>"
