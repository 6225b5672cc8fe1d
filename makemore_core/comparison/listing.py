"""The table of runs: its columns, which runs are listed, and in which order."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makemore_core.access import name_of
from makemore_core.comparison.settings import Settings
from makemore_core.errors import InputError, choose_one_of, quoted
from makemore_core.knobs import Value
from makemore_core.training.rows import RunRow

NONE = "–"
TERM = re.compile(r"(?<![\w.])([\w.]+)\s*(<=|>=|!=|=|<|>)\s*(\S+)")
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Column:
    """One column: what it holds of a run, None where there is nothing, and how that is written."""

    key: str
    label: str
    value: Callable[[RunRow], Value | None]
    show: Callable[[Any], str] = str
    help: str = ""

    def text(self, row: RunRow) -> str:
        """What stands in the cell."""
        value = _sound(self.value(row))
        return NONE if value is None or value == "" else self.show(value)


def _loss(value: float) -> str:
    return f"{value:.3f}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def duration(seconds: float) -> str:
    """Seconds, minutes or hours, whichever is short."""
    if seconds < 100:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.1f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _speed(row: RunRow) -> float | None:
    """Over the whole training, so that it says the same when it is over."""
    return row.progress.step / row.progress.seconds if row.progress.seconds > 0 else None


def _origin(row: RunRow) -> str:
    if not row.parent:
        return ""
    return row.parent if row.parent_step is None else f"{row.parent}, step {row.parent_step:,}"


COLUMNS = {
    column.key: column
    for column in (
        Column("run", "run", lambda row: row.title),
        Column("preset", "preset", lambda row: row.preset or "own settings"),
        Column("state", "state", lambda row: str(row.progress.state)),
        Column("val", "val", lambda row: row.val, _loss, "Loss in nats on val at the last evaluation"),
        Column("best", "best val", lambda row: row.best_val, _loss, "The lowest loss in nats on val so far"),
        Column("train", "train", lambda row: row.train, _loss, "Loss in nats on train at the last evaluation"),
        Column("steps", "steps", lambda row: row.progress.step, _whole),
        Column("seconds", "time", lambda row: row.progress.seconds or None, duration, "Time spent training"),
        Column("parameters", "parameters", lambda row: row.parameters, _whole),
        Column("speed", "steps/s", _speed, _whole, "Steps a second, over the whole training"),
        Column("data", "data set", lambda row: str(row.dataset.get("name", ""))),
        Column("tags", "tags", lambda row: ", ".join(row.tags)),
        Column("owner", "by", lambda row: name_of(row.owner), help="Who began it"),
        Column("parent", "forked from", _origin),
        Column("created", "created", lambda row: row.created, lambda t: f"{datetime.fromtimestamp(t):%d %b %H:%M}"),
    )
}


def cell_of(row: RunRow, settings: Settings, key: str) -> Value | None:
    """What a run has in a column, or at the path of a setting."""
    return _sound(COLUMNS[key].value(row)) if key in COLUMNS else settings.get(key)


def _sound(value: Value | None) -> Value | None:
    """The store keeps no loss that is not a number; a run that lives may have one."""
    return None if value != value else value


def found(rows: Sequence[RunRow], settings: Mapping[str, Settings], query: str) -> list[RunRow]:
    """The runs in which every word of a query stands, and for which its comparisons hold: `robin val < 2.2 seed=7`.

    Words are looked for in name, preset, model, data set, state and tags; comparisons are of columns and settings, a
    setting by its path or the end of it. InputError for a name that is neither, or a number that is none.
    """
    tests = [_test(name, sign, text, settings) for name, sign, text in TERM.findall(query)]
    words = TERM.sub(" ", query).lower().split()
    return [row for row in rows if _says(row, words) and all(test(row) for test in tests)]


def _says(row: RunRow, words: Sequence[str]) -> bool:
    if not words:
        return True
    model = str(row.config.get("model", {}).get("name", ""))
    said = " ".join((row.id, row.name, row.preset, model, str(row.dataset.get("name")), row.progress.state, *row.tags))
    return all(word in said.lower() for word in words)


def _test(name: str, sign: str, text: str, settings: Mapping[str, Settings]) -> Callable[[RunRow], bool]:
    holds, keys = COMPARISONS[sign], _keys(name, settings)

    def test(row: RunRow) -> bool:
        values = (cell_of(row, settings.get(row.id, {}), key) for key in keys)
        return any(value is not None and holds(*_alike(name, value, text)) for value in values)

    return test


def _keys(name: str, settings: Mapping[str, Settings]) -> list[str]:
    """The columns and paths that are meant: the one of this name, else all that end so."""
    paths = dict.fromkeys(path for each in settings.values() for path in each)
    if name in COLUMNS or name in paths:
        return [name]
    keys = [path for path in paths if path.endswith(f".{name}")]
    if not keys:
        raise choose_one_of("column", name, [*COLUMNS, "or a setting, as n_hidden"])
    return keys


def _alike(name: str, value: Value, text: str) -> tuple[Value, Value]:
    """Both as numbers, or both as words."""
    if isinstance(value, (bool, str)):
        return str(value).lower(), text.lower()
    try:
        return value, float(text)
    except ValueError:
        raise InputError(
            f"`{name}` is a number, but got {quoted(text)}; compare it with one, as in {name} < 2."
        ) from None


def in_order(
    rows: Sequence[RunRow], settings: Mapping[str, Settings], by: str, downwards: bool = False
) -> list[RunRow]:
    """Sorted by a column or a setting; runs that have nothing there come last, either way."""
    cells = {row.id: cell_of(row, settings.get(row.id, {}), by) for row in rows}
    filled = [row for row in rows if cells[row.id] is not None]
    filled.sort(key=lambda row: _rank(cells[row.id]), reverse=downwards)
    return filled + [row for row in rows if cells[row.id] is None]


def _rank(value: Any) -> tuple[bool, Any]:
    """Numbers before words: a setting may have either."""
    return isinstance(value, str), value
