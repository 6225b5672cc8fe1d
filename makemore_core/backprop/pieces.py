"""Each kind of layer in lines, forward and back. A new layer is its few lines here, and what they compute."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from torch import Tensor

from makemore_core.backprop import backward_lines as back
from makemore_core.backprop import forward_lines as fore
from makemore_core.backprop import further_lines as more
from makemore_core.backprop.formulas import FORMULAS
from makemore_core.backprop.line import Line, Numbers
from makemore_core.models.layers import FlattenConsecutive, Layer, LeakyReLU, Linear


class Place(NamedTuple):
    """Where a layer stands: vectors of an example (0: one alone), layers after it, whether BatchNorm follows."""

    positions: int
    left: int
    before_norm: bool


@dataclass(frozen=True)
class Piece:
    """A layer in lines, by lecture 4's names: what it takes, what it gives, and its parameters' names in the model."""

    title: str
    takes: str
    gives: str
    forward: tuple[Line, ...]
    backward: tuple[Line, ...]
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    per_position: bool = False  # whether each position has a mean of its own
    numbers: Numbers = field(default_factory=dict[str, Any])


def line(compute: Callable[..., Tensor], gives: str = "", formula: str = "") -> Line:
    """A line with its formula: the lecture's, where there is no other."""
    return Line(compute, formula or FORMULAS[gives or compute.__name__], gives)


def lines(*computes: Callable[..., Tensor]) -> tuple[Line, ...]:
    """Lines of the lecture's own."""
    return tuple(map(line, computes))


EMBEDDING = Piece("Embedding", "x", "emb", lines(fore.emb), lines(back.dC), {"C": "weight"})
SIDE_BY_SIDE = Piece("Side by side", "emb", "embcat", lines(fore.embcat), lines(back.demb))
TANH = Piece("tanh", "hpreact", "h", lines(fore.h), lines(back.dhpreact))
CROSS_ENTROPY = Piece(
    "Cross-entropy",
    "logits",
    "loss",
    lines(
        fore.logit_maxes,
        fore.norm_logits,
        fore.counts,
        fore.counts_sum,
        fore.counts_sum_inv,
        fore.probs,
        fore.logprobs,
        fore.loss,
    ),
    lines(
        back.dlogprobs,
        back.dprobs,
        back.dcounts_sum_inv,
        back.dcounts_sum,
        back.dcounts,
        back.dnorm_logits,
        back.dlogit_maxes,
        back.dlogits,
    ),
)


def _embedding(_layer: Layer, _place: Place) -> Piece:
    return EMBEDDING


def _side_by_side(_layer: Layer, _place: Place) -> Piece:
    return SIDE_BY_SIDE


def _fused(layer: FlattenConsecutive, place: Place) -> Piece:
    """The last of them leaves one vector for each example."""
    if layer.n == place.positions:
        return SIDE_BY_SIDE
    formula = r"embcat_{iq} = (emb_{i,\,nq+1}, \ldots, emb_{i,\,n(q+1)})"
    there = line(more.fused, "embcat", formula)
    here = line(back.demb, formula=r"demb_{i,\,nq+k} = dembcat_{i,\,q,\,kE..(k+1)E}")
    return Piece("Side by side", "emb", "embcat", (there,), (here,), numbers={"n": layer.n})


def _linear(layer: Linear, place: Place) -> Piece:
    """Hidden or last, with a bias or without, for one vector an example or for many."""
    has_bias = layer.bias is not None
    if place.left == 0:
        there = line(fore.logits) if has_bias else line(more.logits_without_bias, "logits", r"logits = h\,W_2")
        here = lines(back.dh, back.dW2, *([back.db2] if has_bias else []))
        parameters = {"W2": "weight"} | ({"b2": "bias"} if has_bias else {})
        return Piece("Output", "h", "logits", (there,), here, parameters)
    there = line(fore.hprebn) if has_bias else line(more.linear, "hprebn", r"hprebn = embcat\,W_1")
    many = place.positions > 1
    weight = more.dweight_of_positions if many else back.dW1
    bias = (more.dbias_of_positions if many else back.db1) if place.before_norm else more.dbias
    here = (line(back.dembcat), line(weight, "dW1"), *([line(bias, "db1")] if has_bias else []))
    parameters = {"W1": "weight"} | ({"b1": "bias"} if has_bias else {})
    return Piece("Linear", "embcat", "hprebn", (there,), here, parameters)


def _batch_norm(layer: Layer, place: Place) -> Piece:
    """Over the batch; where there are positions, they count as examples."""
    return _pooled() if place.positions > 1 else _batch_norm_per_position(layer, place)


def _batch_norm_per_position(_layer: Layer, place: Place) -> Piece:
    """Each position over the batch alone: lecture 5's bug."""
    return _normalised(place, line(fore.bnvar_inv), line(back.dbnvar))


def _batch_norm_without_eps(_layer: Layer, place: Place) -> Piece:
    """Lecture 3's."""
    inverse = line(more.bnvar_inv_without_eps, "bnvar_inv", r"bnvar\_inv_j = (\sigma^2_j)^{-1/2}")
    variance = line(more.dbnvar_without_eps, "dbnvar", r"-\tfrac12 (\sigma^2_j)^{-3/2}\,dbnvar\_inv_j")
    return _normalised(place, inverse, variance)


def _normalised(place: Place, inverse: Line, variance: Line) -> Piece:
    many = place.positions > 1
    gain, bias = (more.dgain_of_positions, more.dmoved_of_positions) if many else (back.dbngain, back.dbnbias)
    there = (
        *lines(fore.bnmeani, fore.bndiff, fore.bndiff2, fore.bnvar),
        inverse,
        *lines(fore.bnraw, fore.hpreact),
    )
    here = (
        line(gain, "dbngain"),
        line(bias, "dbnbias"),
        *lines(back.dbnraw, back.dbnvar_inv),
        variance,
        *lines(back.dbndiff2, back.dbndiff, back.dbnmeani, back.dhprebn),
    )
    return _norm(there, here, per_position=True)


def _pooled() -> Piece:
    there = (
        line(more.mean_over_positions, "bnmeani"),
        *lines(fore.bndiff, fore.bndiff2),
        line(more.variance_over_positions, "bnvar"),
        *lines(fore.bnvar_inv, fore.bnraw, fore.hpreact),
    )
    here = (
        line(more.dgain_of_positions, "dbngain"),
        line(more.dmoved_of_positions, "dbnbias"),
        line(back.dbnraw),
        line(more.dinverse_over_positions, "dbnvar_inv"),
        line(back.dbnvar),
        line(more.dsquares_over_positions, "dbndiff2"),
        line(back.dbndiff),
        line(more.dmean_over_positions, "dbnmeani"),
        line(more.dinput_over_positions, "dhprebn"),
    )
    return _norm(there, here)


def _norm(there: tuple[Line, ...], here: tuple[Line, ...], per_position: bool = False) -> Piece:
    parameters = {"bngain": "gamma", "bnbias": "beta"}
    return Piece("BatchNorm", "hprebn", "hpreact", there, here, parameters, per_position)


def _tanh(_layer: Layer, _place: Place) -> Piece:
    return TANH


def _relu(_layer: Layer, _place: Place) -> Piece:
    there = line(more.relu, "h", r"h_{ij} = \max(0, hpreact_{ij})")
    here = line(more.drelu, "dhpreact", r"[hpreact_{ij} > 0]\,dh_{ij}")
    return Piece("ReLU", "hpreact", "h", (there,), (here,))


def _leaky_relu(layer: LeakyReLU, _place: Place) -> Piece:
    slope = f"{layer.slope:g}"
    there = line(more.leaky_relu, "h", rf"h_{{ij}} = \max({slope}\,hpreact_{{ij}}, hpreact_{{ij}})")
    here = line(more.dleaky_relu, "dhpreact", rf"([hpreact_{{ij}} > 0] + {slope}\,[hpreact_{{ij}} \le 0])\,dh_{{ij}}")
    return Piece("LeakyReLU", "hpreact", "h", (there,), (here,), numbers={"slope": layer.slope})


# by name, because Streamlit's reload makes the classes of a running model anew
PIECES: dict[str, Callable[[Any, Place], Piece]] = {
    "Embedding": _embedding,
    "Flatten": _side_by_side,
    "FlattenConsecutive": _fused,
    "Linear": _linear,
    "BatchNorm1d": _batch_norm,
    "DeviationBatchNorm1d": _batch_norm_without_eps,
    "PerPositionBatchNorm1d": _batch_norm_per_position,
    "Tanh": _tanh,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
}
