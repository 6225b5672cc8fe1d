"""Fuzzed texts that are calculated: answers of the exercise, programs of the minitorch page, queries for runs."""

import random
import tracemalloc
from collections.abc import Callable, Iterator, Mapping

import pytest
import torch

from makemore_core.backprop.lecture_4 import BACKWARD, forward, run
from makemore_core.comparison.listing import found
from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.expressions import evaluate, parse, torch_functions
from makemore_core.expressions.examples import EXAMPLES
from makemore_core.expressions.playing import play
from makemore_core.expressions.programs import first_values, read, value_of
from makemore_core.training.recorder import Progress
from makemore_core.training.rows import RunRow
from tests.backprop.test_lecture_4 import drawn
from tests.reliability.fuzzing import damaged_text, endings

VALUES = ("1.5", "1 2 3", "1 2; 3 4", "[1, 2]; [3, 4]", "-0.5e3")
QUERIES = ("otter val < 2.2", "seed=7 n_hidden>=64", "model = mlp data!=names", "tags=x state=finished", "created > 0")
ROWS = [
    RunRow(name, "", RunConfig().to_dict(), {"name": "words.txt"}, 7, Progress(), 0.0, 0.0, tags=("x",), val=val)
    for name, val in (("otter", 2.1), ("heron", None))
]
ATTACKS = (
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "a.__class__.__mro__",
    "a.data_ptr()",
    "a.numpy()",
    "a.tolist()",
    "a.apply_(print)",
    "torch.load('x')",
    "torch.ops.aten.add(a, a)",
    "torch.hub.load(a)",
    "f'{a}'",
    'f"{a.__class__}"',
    "(lambda: 1)()",
    "(b := a)",
    "[a for a in (1, 2)]",
    "{a: 1}",
    "*a",
    "**a",
    "yield a",
    "await a",
    "print(a)",
    "eval('1')",
    "exec('a=1')",
    "open('/etc/passwd').read()",
    "globals()",
    "a; a",
    "a\n= 3",
    "a if a else a",
    "not a",
    "a and a",
    "a is a",
    "a // a",
    "a % a",
    "a << 99999999",
    "~a",
    "a.sum(axis=__import__)",
    "a.sum(0).__self__",
    "x.shape[10**9]",
    "a.view(10**18, 10**18)",
    "one_hot(x, 10**9)",
    "one_hot(x, 1e308)",
    "9**9**9**9",
    "9" * 999,
    "1e" + "9" * 900,
    "nan + inf",
    "a * 1e308 * 1e308 - a * 1e308 * 1e308",
    "(" * 5000,
    ")" * 500,
    "-" * 999 + "a",
    "a" + ".T" * 400,
    "a" + ".exp()" * 160,
    "a" + "**a" * 300,
    "a+" * 499 + "a",
    "a @ a.T " + "@ a @ a.T " * 60,
    "W1 @ W1.T @ W1 @ W1.T @ W1 @ W1.T @ W1 @ W1.T",
    "ones_like(a).unsqueeze(0)" + " * ones_like(a.view(-1, 1, 1))" * 20,
    "one_hot(x.view(-1), 30000).T @ one_hot(x.view(-1), 30000)",
    "one_hot(x.view(-1), 30000) @ one_hot(x.view(-1), 30000).T",
    " + ".join(["one_hot(x, 30000).exp().tanh().log()**1.5"] * 9),
    " + (".join(["one_hot(x, 9000)"] * 12) + ")" * 11,
    "index_add(a, 0, x, a)",
    "index_add(a, 0, a.sum(1) * 1e30, a)",
    "zeros_like(a).index_add(0, x.view(-1) - 5, one_hot(x.view(-1), 64))",
    "where(a, a, a, a)",
    "a" * 10_000,
    "а + а",  # Cyrillic
    "ａ + 1",
    "a‮ + 1",
    "\x00",
    "\ud800",
    "١ + ٢",
    "²",
    "𝐚.exp()",
    "a.é()",
)
SIGNS = "abxW1dprobs0123456789.+-*/@()[]=,<>!_ :'\"{}&|^~`$#\\\n\t éπ☃\x00"


def inputs(many: int) -> Iterator[str]:
    """Attacks, random characters and bytes, and right answers with characters lost, doubled, swapped and replaced."""
    dice = random.Random(4)
    answers = [line.code for line in BACKWARD]
    yield from ATTACKS
    yield from answers
    for _ in range(many // 5):
        yield dice.randbytes(dice.randrange(1, 80)).decode("latin-1")
        yield dice.randbytes(dice.randrange(1, 80)).decode("utf-8", "replace")
        yield "".join(dice.choices(SIGNS, k=dice.randrange(1, 120)))
        yield mutated(dice.choice(answers), dice)
        yield mutated(dice.choice(answers) + dice.choice("+-*/@") + dice.choice(ATTACKS)[:300], dice)


def mutated(text: str, dice: random.Random) -> str:
    for _ in range(dice.randrange(1, 5)):
        at = dice.randrange(len(text) + 1)
        end = min(len(text), at + dice.randrange(8))
        piece = dice.choice(["", text[at:end] * 2, dice.choice(SIGNS), text[at:end][::-1], "1" * 9])
        text = text[:at] + piece + text[end:]
    return text


@pytest.fixture(scope="module")
def values() -> Mapping[str, object]:
    """The largest tables that a learner meets, and more."""
    parameters, x, y = drawn(V=100, E=64, T=8, H=1024, B=32, seed=1, dtype=torch.float32)
    values = run(BACKWARD, forward(parameters, x, y))
    return values | {"a": values["probs"], "n": 32.0}


def test_every_input_ends_in_a_value_or_a_sentence(
    amount: Callable[[int, int], int], values: Mapping[str, object]
) -> None:
    functions = torch_functions()
    made_sense: list[bool] = []

    def calculate(text: str) -> None:
        value = evaluate(parse(text), values, functions)
        made_sense.append(isinstance(value, float | torch.Tensor))

    tracemalloc.start()
    endings(inputs(amount(1_000, 100_000)), calculate)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert all(made_sense)
    assert len(made_sense) > len(BACKWARD)
    assert most < 100e6


def test_every_program_is_played_or_refused(amount: Callable[[int, int], int]) -> None:
    """What is typed on the minitorch page: lines with names, and the values of their leaves."""

    def typed(text: str) -> None:
        program = read(text)
        play(program, first_values(program))

    dice, examples = random.Random(5), [example.text for example in EXAMPLES.values()]
    endings((damaged_text(dice.choice(examples), dice) for _ in range(amount(300, 30_000))), typed)
    endings((damaged_text(dice.choice(VALUES), dice) for _ in range(amount(300, 30_000))), value_of)


def test_every_query_finds_runs_or_is_refused(amount: Callable[[int, int], int]) -> None:
    """What is typed above the table of runs."""
    settings = {row.id: RunConfig.from_dict(row.config).settings() for row in ROWS}
    dice = random.Random(6)
    endings(
        (damaged_text(dice.choice(QUERIES), dice) for _ in range(amount(1_000, 100_000))),
        lambda query: found(ROWS, settings, query),
    )


def test_nothing_typed_is_looked_up_in_python(values: Mapping[str, object]) -> None:
    """A value whose every attribute but its shape explodes goes through the parser and the walk unharmed."""

    class Trap:
        shape = (2, 2)

        def __getattr__(self, name: str) -> object:
            raise AssertionError(name)

    for text in ("t.real", "t.grad", "t.data", "t.__dict__", "t.T.H", "t.sum(0).device"):
        with pytest.raises(InputError):
            evaluate(parse(text), {"t": Trap()}, torch_functions())
