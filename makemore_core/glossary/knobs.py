"""Every knob as a term: its sentence is the help of the line in which it is written, its number that of the run."""

from collections.abc import Iterator, Mapping
from functools import partial

from makemore_core.config import CHOICES, RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.glossary.term import Here, Term
from makemore_core.knobs import Config, Knob, knobs_of
from makemore_core.sampling import SamplingConfig

OWNERS: Mapping[str, tuple[type[Config], ...]] = {
    **{part: tuple(table.values()) for part, table in CHOICES.items()},
    "data": (DataConfig,),
    "sampling": (SamplingConfig,),
    "": (RunConfig,),
}


def knob_terms() -> tuple[Term, ...]:
    """One for each path of a setting; where several models have it, with what each says of it."""
    found: dict[str, list[tuple[type[Config], Knob]]] = {}
    for path, owner, knob in _knobs():
        found.setdefault(path, []).append((owner, knob))
    return tuple(_term(path, owners) for path, owners in found.items())


def knob_name(path: str) -> str:
    """What the term of a setting is called."""
    return f"Knob · {path}"


def _knobs() -> Iterator[tuple[str, type[Config], Knob]]:
    for part, owners in OWNERS.items():
        for owner in owners:
            for knob in knobs_of(owner):
                yield f"{part}.{knob.name}" if part else knob.name, owner, knob


def _term(path: str, owners: list[tuple[type[Config], Knob]]) -> Term:
    kind, knob = owners[0]
    first = next(base for base in reversed(kind.__mro__) if knob.name in vars(base).get("__annotations__", {}))
    code = f"{first.__module__.removeprefix('makemore_core.')}:{first.__qualname__}"
    return Term(knob_name(path), _about(owners), code=code, number=partial(_number, path))


def _about(owners: list[tuple[type[Config], Knob]]) -> str:
    by_help: dict[str, list[str]] = {}
    for owner, knob in owners:
        by_help.setdefault(knob.help, []).append(str(getattr(owner, "title", getattr(owner, "name", ""))))
    if len(by_help) == 1:
        return next(iter(by_help))
    return " ".join(f"{', '.join(titles)}: {help}" for help, titles in by_help.items())


def _number(path: str, here: Here) -> str:
    """The value of this run, and its range."""
    try:
        knob = here.config.knob_at(path)
    except InputError:
        return ""
    value = here.config.settings()[path]
    among = ", ".join(knob.options) if knob.options else f"{knob.low:g} to {knob.high:,g}" if _has_range(knob) else ""
    return f"{value}" + (f" (of {among}; usually {knob.default})" if among else "")


def _has_range(knob: Knob) -> bool:
    return knob.low is not None and knob.high is not None
