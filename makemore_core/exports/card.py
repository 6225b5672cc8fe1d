"""The run card: one HTML file with everything about a run, which opens anywhere without a network."""

from pathlib import Path

from makemore_core.charts.library import plotly_library
from makemore_core.exports import card_sections as sections
from makemore_core.exports.card_figures import Drawn, charts
from makemore_core.exports.kept import Kept
from makemore_core.exports.markup import literal

SCRIPT, LOOKS = (Path(__file__).with_name(f"card.{kind}") for kind in ("js", "css"))
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
SECTIONS = (
    sections.losses,
    sections.names,
    sections.inside,
    sections.settings,
    sections.data,
    sections.again,
)


def run_card(kept: Kept) -> bytes:
    """The whole file, with plotly.js in it, and a policy by which it never asks a network for anything."""
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    return _page(kept, policy, f"<script>{plotly_library()}</script>").encode("utf-8", "replace")


def card_beside(library: str, kept: Kept) -> str:
    """The same card, small, for a preview: plotly.js is loaded from an address."""
    return _page(kept, "", f'<script src="{library}"></script>')


def _page(kept: Kept, policy: str, library: str) -> str:
    drawn = charts(kept)
    body = "".join(draw(kept, drawn) for draw in SECTIONS)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
{policy}
<link rel="icon" href="data:,">
<title>{literal(kept.row.title)} · run card</title>
<style>
{LOOKS.read_text(encoding="utf-8")}</style>
</head>
<body>
{sections.headline(kept)}
<main>{body}</main>
{sections.versions(kept)}
<script type="application/json" id="figures">{_figures(drawn)}</script>
{library}
<script>
{SCRIPT.read_text(encoding="utf-8")}</script>
</body>
</html>
"""


def _figures(drawn: dict[str, Drawn]) -> str:
    """What plotly draws, by name; no character of the data ends the script."""
    pairs = ", ".join(f'"{name}": {chart.figure}' for name, chart in drawn.items())
    return "{" + pairs.replace("<", "\\u003c") + "}"
