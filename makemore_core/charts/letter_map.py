"""Letters as letters in the plane: what letter_map.js draws, as plain values, and which colours mean what."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from makemore_core.charts.style import ACCENT, PLAIN, YARDSTICK
from makemore_core.letters import LetterFacts, is_letter, is_vowel
from makemore_core.vocabulary import shown

SMALLEST, LARGEST, EVEN = 12.0, 27.0, 15.0  # pixels of a letter
LONG = 2  # characters of a label that is no letter, but a code point
MOST_COMPARED = 300  # labels, each with each
MARGIN = 1.14  # around the outermost letters
CALM = 1.25  # the map grows by such factors, not with every step
RARE, FREQUENT = (140, 143, 148), (217, 98, 43)  # both legible on white and on near-black

Legend = tuple[tuple[str, str], ...]  # what a colour means, and the colour
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Look:
    """How N letters or places look: each one's label, what it says on hover, its colour, and its size in pixels."""

    labels: tuple[str, ...]
    names: tuple[str, ...]
    colors: tuple[str, ...]
    sizes: tuple[float, ...]
    legend: Legend = ()


def letters_look(itos: Sequence[str], chosen: Sequence[int], facts: LetterFacts, by: str) -> Look:
    """Some characters of an alphabet, sized by frequency and coloured by one of COLORINGS."""
    letters = [itos[i] for i in chosen]
    share = facts.frequency[list(chosen)]
    colors, legend = COLORINGS[by](letters, chosen, facts)
    labels = tuple(map(shown, letters))
    sizes = SMALLEST + (LARGEST - SMALLEST) * np.sqrt(share / max(1e-12, float(share.max(initial=0))))
    sizes[[len(label) > LONG for label in labels]] = SMALLEST
    names = [
        f"{shown(c)} · {_percent(facts.frequency[i])} of all characters{_place(facts, i)}"
        for i, c in zip(chosen, letters, strict=True)
    ]
    return Look(labels, tuple(names), tuple(colors), tuple(sizes.round(1).tolist()), legend)


def places_look(n: int) -> Look:
    """The places of a context, from the first to the last."""
    values = np.arange(n) / max(1, n - 1)
    labels = tuple(str(i + 1) for i in range(n))
    legend = (("first", ramp(0.0)), ("last", ramp(1.0)))
    return Look(labels, tuple(f"place {i}" for i in labels), tuple(map(ramp, values.tolist())), (EVEN,) * n, legend)


def ramp(share: float) -> str:
    """From grey for 0 to the accent colour for 1; grey where it is not a number."""
    share = 0.0 if np.isnan(share) else min(1.0, max(0.0, share))
    return "rgb({}, {}, {})".format(*(round(a + (b - a) * share) for a, b in zip(RARE, FREQUENT, strict=True)))


def _plain(letters: Sequence[str], chosen: Sequence[int], facts: LetterFacts) -> tuple[list[str], Legend]:
    return [PLAIN] * len(letters), ()


def _vowels(letters: Sequence[str], chosen: Sequence[int], facts: LetterFacts) -> tuple[list[str], Legend]:
    names = [_kind(i, c) for i, c in zip(chosen, letters, strict=True)]
    colors = {"vowel": ACCENT, "other letter": PLAIN, "boundary": YARDSTICK, "no letter": YARDSTICK}
    legend = tuple((name, colors[name]) for name in ("vowel", "other letter", "no letter") if name in names)
    return [colors[name] for name in names], legend


def _kind(i: int, character: str) -> str:
    if i == 0:
        return "boundary"
    return "no letter" if not is_letter(character) else "vowel" if is_vowel(character) else "other letter"


def _frequency(letters: Sequence[str], chosen: Sequence[int], facts: LetterFacts) -> tuple[list[str], Legend]:
    share = np.sqrt(facts.frequency[list(chosen)])
    low, high = float(share.min()), float(share.max())
    colors = [ramp(float(s - low) / max(1e-12, high - low)) for s in share]
    return colors, ((f"{_percent(low**2)} of all", ramp(0.0)), (_percent(high**2), ramp(1.0)))


def _by(field: str, low: str, high: str) -> Callable[..., tuple[list[str], Legend]]:
    def colored(letters: Sequence[str], chosen: Sequence[int], facts: LetterFacts) -> tuple[list[str], Legend]:
        values: Values = getattr(facts, field)[list(chosen)]
        least, most = (float(f(values[~np.isnan(values)], initial=e)) for f, e in ((np.min, 1.0), (np.max, 0.0)))
        colors = [ramp(float(v - least) / max(1e-12, most - least)) for v in values]
        return colors, ((low.format(least), ramp(0.0)), (high.format(most), ramp(1.0)))

    return colored


NO_COLOR = "nothing"
COLORINGS: dict[str, Callable[..., tuple[list[str], Legend]]] = {
    "vowel": _vowels,
    "frequency": _frequency,
    "place in the word": _by("position", "near its beginning ({:.2f})", "near its end ({:.2f})"),
    "begins words": _by("first", "{:.0%} of its places", "{:.0%} are a word's first"),
    "ends words": _by("last", "{:.0%} of its places", "{:.0%} are a word's last"),
    NO_COLOR: _plain,
}


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _place(facts: LetterFacts, i: int) -> str:
    if np.isnan(facts.position[i]):
        return ""
    return f" · place {facts.position[i]:.2f} · first {facts.first[i]:.0%} · last {facts.last[i]:.0%}"


def _in_words(labels: Sequence[str], points: Values, steps: Sequence[int]) -> str:
    """Which two are closest at the end, and which one stands farthest out."""
    n, far = len(labels), int(np.hypot(*points.T).argmax())
    said = f"{n:,} labels at step {steps[-1]:,}; farthest out is {labels[far]}"
    if n < 2 or n > MOST_COMPARED:
        return f"{said}."
    apart = np.hypot(*(points[:, None] - points[None]).T) + np.diag(np.full(n, np.inf))
    i, j = divmod(int(apart.argmin()), n)
    return f"{said}, closest to each other are {labels[i]} and {labels[j]}."


def map_data(title: str, look: Look, steps: Sequence[int], frames: Values, is_movie: bool, kind: str) -> str:
    """All that letter_map.js draws, as JSON: frames (F, N, 2) after their steps, the last of them the present.

    A map shows the frames before the last as trails. `kind` names what letters may glide within: another run or way
    into the plane begins anew.
    """
    reach = float(np.abs(frames).max(initial=1e-9))
    extents: Values = MARGIN * np.abs(frames if is_movie else frames[-1:]).max(axis=(0, 1), initial=1e-9)
    extent = extents if is_movie else CALM ** np.ceil(np.log(extents) / np.log(CALM))
    packed = np.round(frames / reach * 32767).astype("<i2").tobytes()
    data: dict[str, Any] = {
        "title": title,
        "kind": kind,
        "labels": look.labels,
        "names": look.names,
        "colors": look.colors,
        "sizes": look.sizes,
        "legend": look.legend,
        "steps": list(steps),
        "points": base64.b64encode(packed).decode(),
        "reach": reach,
        "extent": extent.tolist(),
        "movie": is_movie,
        "takeaway": f"{title}. {_in_words(look.labels, frames[-1], steps)}",
    }
    version = hashlib.sha256(orjson.dumps(data)).hexdigest()[:16]
    return orjson.dumps(data | {"version": version}).decode()
