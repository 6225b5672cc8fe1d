"""What the nodes of a graph are called: by their names where they have one, else by what is computed in them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from makemore_core.minitorch.tape import topological_order
from makemore_core.minitorch.tensor import Tensor

SIGNS = {"add": "+", "sub": "−", "mul": "·", "div": "/", "matmul": "@", "neg": "−"}
SYMBOLS = {  # for the small circle before a node; other operations are called by their names
    **SIGNS,
    "pow": "xⁿ",
    "exp": "eˣ",
    "sqrt": "√",
    "sigmoid": "σ",
    "relu": "ReLU",
    "leaky_relu": "leaky",
    "gelu": "GELU",
    "linear": "aW+b",
    "scale": "γa+β",
    "normalise": "norm",
    "sum": "Σ",
    "mean": "Σ/n",
    "softmax": "soft",
    "log_softmax": "log p",
    "cross_entropy": "loss",
    "transpose": "T",
    "reshape": "view",
    "slice": "a[:]",
    "gather": "a[i]",
    "masked_fill": "mask",
    "where": "if",
    "concatenate": "a|b",
    "shift": "⇥",
}
LONGEST, LONGEST_FORMULA = 15, 120  # characters
BINDS = {"add": 1, "sub": 1, "mul": 2, "div": 2, "matmul": 2, "neg": 3, "pow": 4}


LETTERS = {"linear": ("a", "W", "b"), "scale": ("a", "gamma", "beta")}  # of the inputs, as in the table; else a and b


@dataclass(frozen=True)
class Label:
    """How a node is called, which symbol its operation has, and what is computed in it."""

    name: str
    symbol: str
    formula: str
    letters: dict[str, str]  # what stands for the table's letters: a, b, out, g, power ...

    def filled(self, text: str) -> str:
        """A formula of the table with the names of this node and its inputs in it."""
        if text in self.letters:
            return self.letters[text]
        return re.sub(r"[A-Za-z]+", lambda word: _atom(self.letters.get(word.group(), word.group())), text)


def labels(root: Tensor, names: Mapping[int, str]) -> list[Label]:
    """Of all nodes, in the order of walk(); names are known by the id() of a Tensor."""
    order = topological_order(root)
    ids = {id(tensor): i for i, tensor in enumerate(order)}
    called, inside, found = dict[int, str](), dict[int, str](), list[Label]()
    for i, tensor in enumerate(order):
        formula = _formula(tensor, called, inside)
        given = names.get(id(tensor), "")
        short = formula if len(formula) <= LONGEST else f"t{i}"
        called[id(tensor)] = given or (formula if len(formula) <= LONGEST_FORMULA else short)
        inside[id(tensor)] = "" if given or not tensor.op else tensor.op.name
        op = tensor.op.name if tensor.op else ""
        label = Label(given or short, SYMBOLS.get(op, op), formula[: LONGEST_FORMULA + 1], {})
        label.letters.update(_letters(label, tensor, [found[ids[id(parent)]].name for parent in tensor.parents]))
        found.append(label)
    return found


def _letters(label: Label, tensor: Tensor, inputs: list[str]) -> dict[str, str]:
    op = tensor.op.name if tensor.op else ""
    numbers = {name: f"{value:g}" for name, value in tensor.options.items() if isinstance(value, float | int)}
    names = zip(LETTERS.get(op, ("a", "b")), inputs, strict=False)
    return {
        "out": label.name,
        "g": f"d{label.name}" if re.fullmatch(r"[A-Za-z_]\w*′*", label.name, re.ASCII) else "g",
        **numbers,
    } | dict(names)


def _atom(text: str) -> str:
    """In parentheses, unless it is a name, a number or one call."""
    return text if re.fullmatch(r"[\w.′]+|\w+\([^()]*\)", text) else f"({text})"


def _formula(tensor: Tensor, called: dict[int, str], inside: dict[int, str]) -> str:
    """The operation with its inputs' names, in parentheses where they have to be."""
    if not tensor.op:
        return f"{float(tensor.data):.4g}" if tensor.data.size == 1 else "constant"
    op, inputs = tensor.op.name, [(called[id(p)], inside[id(p)]) for p in tensor.parents]
    if op == "pow":
        return f"{_bound(*inputs[0], BINDS[op] + 1)}**{tensor.options['power']:g}"
    if op == "neg":
        return f"−{_bound(*inputs[0], BINDS[op])}"
    if op in SIGNS:
        binds = BINDS[op]
        left, right = _bound(*inputs[0], binds), _bound(*inputs[1], binds + 1)
        return f"{left}·{right}" if op == "mul" else f"{left} {SIGNS[op]} {right}"
    axis = tensor.options.get("axis", ())
    is_partial = isinstance(axis, tuple) and 0 < len(axis) < tensor.parents[0].ndim
    over = f", {axis[0]}" if is_partial else ""
    return f"{op}({', '.join(name for name, _ in inputs)}{over})"


def _bound(text: str, op: str, binds: int) -> str:
    return f"({text})" if BINDS.get(op, 9) < binds else text
