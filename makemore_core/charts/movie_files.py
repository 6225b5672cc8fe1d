"""A movie as a file of its own: a page that plays anywhere without a network, and a GIF."""

import html
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from makemore_core.charts.letter_map import MARGIN, Look
from makemore_core.tasks import Report

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font = FreeTypeFont | ImageFont

SCRIPT, LOOKS = (Path(__file__).with_name(f"letter_map.{kind}") for kind in ("js", "css"))
SIDE, HEADER = 560, 34  # pixels of a GIF
HUNDREDTHS = 6  # of a second for each frame of a GIF
REST = 200  # hundredths of a second on the last frame
TRAIL = 9  # frames
BACKGROUND, INK, QUIET = (255, 255, 255), (38, 39, 48), (140, 143, 148)
FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf")
UNKNOWN = "\U0010fffd"  # a character that no font has


@dataclass(frozen=True)
class Gif:
    """The file's bytes, and the labels that no font of this machine draws: their code points stand for them."""

    content: bytes
    missing: tuple[str, ...]


def movie_page(data: str, name: str) -> str:
    """A stand-alone page of what map_data() gave: data, script and looks in one file."""
    safe = data.replace("<", "\\u003c")  # a character of the data never ends the script
    looks = LOOKS.read_text(encoding="utf-8")
    script = SCRIPT.read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{html.escape(name)}</title>
<style>
:root {{ color-scheme: light dark; --accent: #d9622b; --quiet: #8c8f94; --line: #8c8f9466; }}
body {{
  margin: 0 auto; padding: 1rem; max-width: 60rem; height: calc(100vh - 2rem); font-family: system-ui, sans-serif;
}}
{looks}</style>
<div class="letter-map"></div>
<script>
{script}
const data = {safe};
letterMap(document.querySelector(".letter-map"), () => {{}}).show(data, []);
</script>
</html>
"""


def movie_gif(title: str, look: Look, steps: Sequence[int], frames: NDArray[np.float32], report: Report) -> Gif:
    """The frames (F, N, 2) as a GIF, with the trails of the last few."""
    from PIL import Image, ImageDraw

    pens = [_pen(label, round(size)) for label, size in zip(look.labels, look.sizes, strict=True)]
    small = _font(_fonts()[0] if _fonts() else None, 14)
    colors = [_rgb(color) for color in look.colors]
    places = _places(frames)
    pictures: list[Image.Image] = []
    for f, step in enumerate(steps):
        report(f / len(steps), f"frame {f + 1} of {len(steps)}")
        picture = Image.new("RGB", (SIDE, SIDE + HEADER), BACKGROUND)
        pen = ImageDraw.Draw(picture)
        pen.text((10, 10), f"{_plain_text(title)} at step {step:,}", INK, small)
        for i, color in enumerate(colors):
            path = [tuple(p) for p in places[max(0, f - TRAIL) : f + 1, i].tolist()]
            if len(path) > 1:
                pen.line(path, _paler(color), 1)
        for i, (label, font) in enumerate(pens):
            pen.text(tuple(places[f, i].tolist()), label, colors[i], font, anchor="mm")
        pictures.append(picture.quantize(64, dither=Image.Dither.NONE))
    file = io.BytesIO()
    durations = [10 * HUNDREDTHS] * (len(pictures) - 1) + [10 * REST]
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0)
    missing = [label for label, (drawn, _) in zip(look.labels, pens, strict=True) if drawn != label]
    return Gif(file.getvalue(), tuple(missing))


def _places(frames: NDArray[np.float32]) -> NDArray[np.floating]:
    """Where letters stand in the picture, in pixels: equally far apart in both directions."""
    extent = MARGIN * np.abs(frames).max(axis=(0, 1), initial=1e-9)
    scale = SIDE / 2 / float(extent.max())
    return np.stack([SIDE / 2 + frames[..., 0] * scale, HEADER + SIDE / 2 - frames[..., 1] * scale], axis=2)


def _rgb(color: str) -> tuple[int, int, int]:
    from PIL import ImageColor

    r, g, b, *_ = ImageColor.getrgb(color)
    return r, g, b


def _paler(color: tuple[int, int, int]) -> tuple[int, int, int]:
    r, g, b = (round(0.45 * c + 0.55 * white) for c, white in zip(color, BACKGROUND, strict=True))
    return r, g, b


def _plain_text(text: str) -> str:
    """What every font draws."""
    return text.encode("latin-1", "replace").decode("latin-1")


def _pen(label: str, size: int) -> tuple[str, "Font"]:
    """A label with a font that draws all of it; else its code points, small."""
    path = next((path for path in _fonts() if _draws(path, label)), None)
    if path is not None or (not _fonts() and label.isascii()):
        return label, _font(path, size)
    codes = " ".join(f"U+{ord(c):04X}" for c in label if c != "\N{DOTTED CIRCLE}")
    return codes, _font(_fonts()[0] if _fonts() else None, max(9, size // 2))


@lru_cache(maxsize=4096)
def _draws(path: Path, label: str) -> bool:
    """Whether a font has a picture of its own for each character: a missing one looks like that of UNKNOWN."""
    missing = _picture(path, UNKNOWN)
    return all(c.isspace() or _picture(path, c) != missing for c in label)


def _picture(path: Path, character: str) -> bytes:
    from PIL import Image, ImageDraw

    picture = Image.new("L", (64, 64))
    ImageDraw.Draw(picture).text((16, 16), character, 255, _font(path, 24))
    return picture.tobytes()


def _font(path: Path | None, size: int) -> "Font":
    from PIL import ImageFont

    return (
        ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC) if path else ImageFont.load_default(size)
    )


@lru_cache(maxsize=1)
def _fonts() -> tuple[Path, ...]:
    """The fonts of this machine that can be drawn at any size, those with many scripts first."""
    found = [path for folder in _font_folders() for kind in ("ttf", "otf", "ttc") for path in folder.rglob(f"*.{kind}")]
    ranked = sorted(found, key=lambda path: (FONTS.index(path.name) if path.name in FONTS else len(FONTS), path.name))
    return tuple(path for path in ranked if _opens(path))


def _font_folders() -> list[Path]:
    home = Path.home()
    folders = {
        "darwin": [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"],
        "win32": [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"],
    }
    return folders.get(sys.platform, [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".fonts"])


def _opens(path: Path) -> bool:
    try:
        _font(path, 24)
    except OSError:  # pictures of one size alone, as emoji fonts have
        return False
    return True
