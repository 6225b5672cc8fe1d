"""Names as rows: each letter the stronger, the more it surprised the net, and beside it what the name costs."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from makemore_core.charts.surprise import loudness
from makemore_core.vocabulary import shown

HEADINGS = ("bits", "a character", "percentile")


@dataclass(frozen=True)
class Row:
    """The letters with their bits, of a long name the first; the bits of all `size` characters; where it stands."""

    letters: tuple[tuple[str, float], ...]
    bits: float
    size: int
    percentile: float | None = None  # not told where all are extreme


def rows_of_names(title: str, rows: Sequence[Row], uniform: float) -> None:
    """A list of names in their order."""
    headings = "".join(f"<span>{heading}</span>" for heading in (HEADINGS if _tells_place(rows) else HEADINGS[:-1]))
    body = "".join(_row(row, uniform) for row in rows)
    st.html(
        f"<section class='surprises'><header>{html.escape(title)}</header>"
        f"<div class='head'><span></span>{headings}</div>{body}</section>"
    )


def _tells_place(rows: Sequence[Row]) -> bool:
    return any(row.percentile is not None for row in rows)


def _row(row: Row, uniform: float) -> str:
    letters = "".join(_letter(c, bits, uniform) for c, bits in row.letters)
    more = "…" if len(row.letters) < row.size else ""
    numbers = [f"{row.bits:.1f}", f"{row.bits / row.size:.2f}"]
    if row.percentile is not None:
        numbers.append(f"{row.percentile:.1f} %")
    cells = "".join(f"<span>{number}</span>" for number in numbers)
    return f"<div><code>{letters}{more}</code>{cells}</div>"


def _letter(character: str, bits: float, uniform: float) -> str:
    strength = round(100 * loudness(bits, uniform))
    return f"<i style='--loud:{strength}%' title='{bits:.2f} bits'>{html.escape(shown(character))}</i>"
