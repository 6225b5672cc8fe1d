"""Lecture 4's network in the long form: every intermediate has a name, a formula and a gradient derived by hand.

The lines themselves stand in forward_lines.py and backward_lines.py; here they stand in a row and are run.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from torch import Tensor

from makemore_core.engines import backward_lines as back
from makemore_core.engines import forward_lines as fore

Values = dict[str, Tensor]

PARAMETERS = ("C", "W1", "b1", "W2", "b2", "bngain", "bnbias")

SHAPES = (
    {"C": "(V, E)", "W1": "(T*E, H)", "b1": "(H)", "W2": "(H, V)", "b2": "(V)", "bngain": "(H)", "bnbias": "(H)"}
    | {"emb": "(B, T, E)", "embcat": "(B, T*E)", "loss": "()"}
    | dict.fromkeys(("hprebn", "bndiff", "bndiff2", "bnraw", "hpreact", "h"), "(B, H)")
    | dict.fromkeys(("bnmeani", "bnvar", "bnvar_inv"), "(1, H)")
    | dict.fromkeys(("logits", "norm_logits", "counts", "probs", "logprobs"), "(B, V)")
    | dict.fromkeys(("logit_maxes", "counts_sum", "counts_sum_inv"), "(B, 1)")
)


@dataclass(frozen=True)
class Line:
    """One line of the lecture: a function named after what it computes, which takes what it needs by name."""

    compute: Callable[..., Tensor]
    formula: str  # LaTeX; i is an example, j a neuron or a character, L the loss

    @property
    def name(self) -> str:
        return self.compute.__name__

    @property
    def at(self) -> str:
        """The value that this line gives, or whose gradient: `probs` for both probs and dprobs."""
        return self.name if self.name in SHAPES else self.name.removeprefix("d")

    @property
    def shape(self) -> str:
        return SHAPES[self.at]

    @property
    def words(self) -> str:
        """What happens here, and why, in a sentence or two."""
        return inspect.getdoc(self.compute) or ""

    @property
    def code(self) -> str:
        """The very expression that is run."""
        return inspect.getsource(self.compute).rpartition("return ")[2].strip()

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of what it is computed from."""
        return tuple(inspect.signature(self.compute).parameters)

    def of(self, values: Mapping[str, Tensor]) -> Tensor:
        """Computed from what is known so far."""
        return self.compute(*(values[name] for name in self.needs))


FORWARD = (
    Line(fore.emb, r"emb_{it} = C_{x_{it}}"),
    Line(fore.embcat, r"embcat_i = (emb_{i1}, \ldots, emb_{iT})"),
    Line(fore.hprebn, r"hprebn = embcat\,W_1 + b_1"),
    Line(fore.bnmeani, r"\mu_j = \tfrac1n \sum_i hprebn_{ij}"),
    Line(fore.bndiff, r"bndiff_{ij} = hprebn_{ij} - \mu_j"),
    Line(fore.bndiff2, r"bndiff2_{ij} = bndiff_{ij}^2"),
    Line(fore.bnvar, r"\sigma^2_j = \tfrac1{n-1} \sum_i bndiff2_{ij}"),
    Line(fore.bnvar_inv, r"bnvar\_inv_j = (\sigma^2_j + \epsilon)^{-1/2}"),
    Line(fore.bnraw, r"\hat x_{ij} = bndiff_{ij} \cdot bnvar\_inv_j"),
    Line(fore.hpreact, r"hpreact_{ij} = \gamma_j \hat x_{ij} + \beta_j"),
    Line(fore.h, r"h = \tanh(hpreact)"),
    Line(fore.logits, r"logits = h\,W_2 + b_2"),
    Line(fore.logit_maxes, r"m_i = \max_j logits_{ij}"),
    Line(fore.norm_logits, r"norm\_logits_{ij} = logits_{ij} - m_i"),
    Line(fore.counts, r"counts_{ij} = e^{norm\_logits_{ij}}"),
    Line(fore.counts_sum, r"s_i = \sum_j counts_{ij}"),
    Line(fore.counts_sum_inv, r"s^{-1}_i = 1 / s_i"),
    Line(fore.probs, r"p_{ij} = counts_{ij} \cdot s^{-1}_i"),
    Line(fore.logprobs, r"logprobs_{ij} = \log p_{ij}"),
    Line(fore.loss, r"L = -\tfrac1n \sum_i \log p_{i y_i}"),
)

BACKWARD = (
    Line(back.dlogprobs, r"-\tfrac1n\,[j = y_i]"),
    Line(back.dprobs, r"\frac{dlogprobs_{ij}}{p_{ij}}"),
    Line(back.dcounts_sum_inv, r"\sum_j counts_{ij}\,dprobs_{ij}"),
    Line(back.dcounts_sum, r"-s_i^{-2}\,dcounts\_sum\_inv_i"),
    Line(back.dcounts, r"s^{-1}_i\,dprobs_{ij} + dcounts\_sum_i"),
    Line(back.dnorm_logits, r"counts_{ij}\,dcounts_{ij}"),
    Line(back.dlogit_maxes, r"-\sum_j dnorm\_logits_{ij}"),
    Line(back.dlogits, r"dnorm\_logits_{ij} + [j = \operatorname{argmax}_k logits_{ik}]\,dlogit\_maxes_i"),
    Line(back.dh, r"dlogits\,W_2^\top"),
    Line(back.dW2, r"h^\top dlogits"),
    Line(back.db2, r"\sum_i dlogits_{ij}"),
    Line(back.dhpreact, r"(1 - h_{ij}^2)\,dh_{ij}"),
    Line(back.dbngain, r"\sum_i \hat x_{ij}\,dhpreact_{ij}"),
    Line(back.dbnbias, r"\sum_i dhpreact_{ij}"),
    Line(back.dbnraw, r"\gamma_j\,dhpreact_{ij}"),
    Line(back.dbnvar_inv, r"\sum_i bndiff_{ij}\,dbnraw_{ij}"),
    Line(back.dbnvar, r"-\tfrac12 (\sigma^2_j + \epsilon)^{-3/2}\,dbnvar\_inv_j"),
    Line(back.dbndiff2, r"\tfrac1{n-1}\,dbnvar_j"),
    Line(back.dbndiff, r"bnvar\_inv_j\,dbnraw_{ij} + 2\,bndiff_{ij}\,dbndiff2_{ij}"),
    Line(back.dbnmeani, r"-\sum_i dbndiff_{ij}"),
    Line(back.dhprebn, r"dbndiff_{ij} + \tfrac1n\,dbnmeani_j"),
    Line(back.dembcat, r"dhprebn\,W_1^\top"),
    Line(back.dW1, r"embcat^\top dhprebn"),
    Line(back.db1, r"\sum_i dhprebn_{ij}"),
    Line(back.demb, r"demb_{it} = dembcat_{i,\,tE..(t+1)E}"),
    Line(back.dC, r"\sum_{it\,:\,x_{it} = v} demb_{it}"),
)


def run(lines: Iterable[Line], known: Mapping[str, Tensor]) -> Values:
    """What is known, with every line's value after it."""
    values = dict(known)
    for line in lines:
        values[line.name] = line.of(values)
    return values


def forward(parameters: Mapping[str, Tensor], x: Tensor, y: Tensor) -> Values:
    """Parameters by the lecture's names and a batch -> all values by name, the loss last."""
    return run(FORWARD, {**parameters, "x": x, "y": y})


def backward(values: Mapping[str, Tensor]) -> Values:
    """The 26 gradients, under the names of what they are the gradients of, in the lecture's order."""
    known = run(BACKWARD, values)
    return {line.at: known[line.name] for line in BACKWARD}
