"""What happens in each step of the tape, in words and with its numbers filled in."""

import re
from dataclasses import dataclass

import numpy as np

from makemore_core.minitorch.graph import Node
from makemore_core.minitorch.kernels import Array, Shape
from makemore_core.minitorch.labels import Label
from makemore_core.minitorch.walkthrough import Flow, Kind, TapeStep

POWERS = {"2": "²", "3": "³", "4": "⁴"}


@dataclass(frozen=True)
class Handed:
    """One line of a step's account: to whom, the local derivative, what it is multiplied by, what comes of it."""

    into: str
    derivative: str
    times: str
    adds: str
    now: str


@dataclass(frozen=True)
class Said:
    """A sentence, and a line for each gradient that flows."""

    sentence: str
    handed: tuple[Handed, ...] = ()


def said(step: TapeStep, nodes: list[Node], labels: list[Label]) -> Said:
    """What a step does."""
    node, label = nodes[step.at], labels[step.at]
    if step.kind == Kind.LEAVES:
        return Said("The leaves have their values. Nothing is computed yet.")
    what = pretty(label.name if label.name == label.formula else f"{label.name} = {label.formula}")
    if step.kind == Kind.FORWARD:
        return Said(f"{what}{' = ' if node.data.size == 1 else ': '}{amount(node.data)}.")
    if step.kind == Kind.START:
        return Said(f"Back from here: {label.name} moves as much as it is moved, so its own gradient is 1.")
    g = node.grad
    assert g is not None
    sentence = f"{what} has its gradient, {amount(g)}, and hands it on."
    if any(flow.before is not None for flow in step.flows):
        sentence += " What is used twice gets two gradients: they add up."
    return Said(sentence, tuple(_handed(flow, label, labels, nodes, g) for flow in step.flows))


def _handed(flow: Flow, label: Label, labels: list[Label], nodes: list[Node], g: Array) -> Handed:
    derivative = pretty(label.filled(flow.derivative))
    gradient = label.letters["g"]
    if flow.local is None:
        times = ""
    elif g.size == flow.local.size == 1:
        derivative = derivative if _is_plain(derivative) else f"{derivative} = {number(flow.local)}"
        times = f"{gradient} = {number(g)}"
    else:
        stretched = nodes[flow.into].data.shape != g.shape
        times = f"{gradient}, number by number" + (", added up over the copies" if stretched else "")
    if flow.before is None:
        now = amount(flow.after)
    elif flow.after.size == 1:
        now = f"{number(flow.before)} {'−' if float(flow.added.item()) < 0 else '+'} "
        now += f"{number(np.abs(flow.added))} = {number(flow.after)}"
    else:
        now = f"added to what was there: {amount(flow.after)}"
    return Handed(labels[flow.into].name, derivative, times, amount(flow.added), now)


def amount(array: Array) -> str:
    """A number, or how many there are and the largest."""
    if array.size == 1:
        return number(array)
    return f"{shape(array.shape)} numbers, up to {number(np.abs(array).max())}"


def shape(shape: Shape) -> str:
    """`4 × 3`."""
    return " × ".join(map(str, shape))


def number(value: Array | float) -> str:
    """Four decimals as micrograd prints them, without idle zeros; very small and large ones with a power of ten."""
    x = float(np.asarray(value).item())
    if x == 0:
        return "0"
    text = f"{x:.4f}".rstrip("0").rstrip(".") if 1e-3 <= abs(x) < 1e5 else f"{x:.3g}"
    return text.replace("-", "−")


def pretty(formula: str) -> str:
    """As in a book: o² for o**2, a dot for a product."""
    formula = re.sub(r"\*\*([234])(?![\d.])", lambda power: POWERS[power.group(1)], formula)
    return formula.replace(" * ", " · ").replace("-", "−")


def _is_plain(text: str) -> bool:
    return re.fullmatch(r"−?[\d.]+", text) is not None
