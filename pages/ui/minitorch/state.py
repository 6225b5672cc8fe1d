"""The expression that this tab plays with: its text, its leaves' values, and where it came from step by step."""

import math
from dataclasses import dataclass, replace

import numpy as np

from makemore_core.errors import InputError
from makemore_core.expressions.examples import EXAMPLES, HELD
from makemore_core.expressions.playing import nudged
from makemore_core.expressions.programs import first_values, value_of
from makemore_core.minitorch.kernels import Array
from pages.ui import session
from pages.ui.minitorch.answers import Values, played, program

FIRST = "micrograd's neuron"
OWN = "my own"
MOST_PAST = 400  # steps that can be undone
KEY, STEP, NODE, COMPLAINT = "played_expression", "tape_step", "tape_node", "expression_complaint"


@dataclass(frozen=True, eq=False)
class Past:
    """Values that were left, and what came out of them; nan where nothing did."""

    values: Values
    output: float


@dataclass(frozen=True, eq=False)
class State:
    """What is played with. `past` is what each change left behind, so that it can be undone."""

    example: str
    text: str
    values: Values
    moves: tuple[str, ...]  # the leaves that a step downhill moves
    past: tuple[Past, ...] = ()


def state() -> State:
    """As it was left, before that the first example."""
    return session.kept(KEY, None) or _example(FIRST)


def keep(new: State) -> None:
    """Play with this from now on."""
    session.select(KEY, new)
    session.select(COMPLAINT, "")


def complaint() -> str:
    """Why the last change was not made; empty where it was."""
    return session.kept(COMPLAINT, "")


def begin_with(example: str) -> None:
    """Another example, as it is published. One's own begins from what is there."""
    keep(replace(state(), example=OWN) if example == OWN else _example(example))
    look_at(None, None)


def _example(name: str) -> State:
    example = EXAMPLES[name]
    moves = tuple(leaf for leaf in program(example.text).leaves if leaf not in example.held)
    return State(name, example.text, example.values, moves)


def type_text(text: str) -> None:
    """Play with other lines. Names that stay keep their values; where it is no program, the page says why."""
    now = state()
    session.select(STEP, None)
    session.select(NODE, None)
    try:
        read = program(text)
    except InputError:
        keep(replace(now, example=OWN, text=text))
        return
    values = first_values(read) | {name: now.values[name] for name in read.leaves if name in now.values}
    moves = tuple(name for name in read.leaves if name in now.moves or (name not in now.values and name not in HELD))
    keep(State(OWN, text, values, moves or read.leaves))


def set_value(name: str, value: Array) -> None:
    """Another value for a leaf."""
    now = state()
    keep(replace(now, values=now.values | {name: value}, past=_longer(now)))


def type_value(name: str, text: str) -> None:
    """The same for a table that was typed."""
    try:
        set_value(name, value_of(text))
    except InputError as error:
        session.select(COMPLAINT, str(error))


def turn_number(name: str, number: float) -> None:
    """Another number for a leaf."""
    set_value(name, np.array(float(number)))


def step_down(times: int, rate: float) -> None:
    """Steps of gradient descent. Where they lead out of the numbers, the last good values stay, with the reason."""
    now, reason = state(), ""
    try:
        for _ in range(times):
            further = nudged(now.values, played(now.text, now.values)[0].gradients, now.moves, rate)
            played(now.text, further)
            now = replace(now, values=further, past=_longer(now))
    except InputError as error:
        reason = f"This step is too long: {error}"
    keep(now)
    session.select(COMPLAINT, reason)


def _longer(now: State) -> tuple[Past, ...]:
    try:
        output = played(now.text, now.values)[0].output
    except InputError:
        output = math.nan
    return (*now.past, Past(now.values, output))[-MOST_PAST:]


def undo() -> None:
    """The values before the last change."""
    now = state()
    if now.past:
        keep(replace(now, values=now.past[-1].values, past=now.past[:-1]))


def reset() -> None:
    """The values at the beginning."""
    now = state()
    if now.past:
        keep(replace(now, values=now.past[0].values, past=()))


def choose_moves(names: list[str]) -> None:
    """Which leaves a step moves."""
    keep(replace(state(), moves=tuple(names)))


def step() -> int | None:
    """The step of the tape that is shown; None is the last."""
    return session.kept(STEP, None)


def node() -> int | None:
    """The node that is looked at closely; None before one was chosen."""
    return session.kept(NODE, None)


def look_at(step: int | None, node: int | None) -> None:
    """Show a step of the tape, and a node closely."""
    session.select(STEP, step)
    session.select(NODE, node)
