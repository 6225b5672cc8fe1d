"""A whole network on minitorch's tape: what each layer leaves there for one batch, and the graph behind its loss."""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from makemore_core.datasets import Dataset
from makemore_core.engines.by_minitorch import COUNTERPARTS, ByMinitorch, by_minitorch
from makemore_core.errors import InputError
from makemore_core.gradcheck import Row, gradcheck
from makemore_core.layouts import MASKED
from makemore_core.minitorch import Node, nn, walk
from makemore_core.minitorch import Tensor as OurTensor
from makemore_core.minitorch.kernels import Array
from makemore_core.minitorch.labels import Label, labels
from makemore_core.minitorch.tape import topological_order
from makemore_core.minitorch.walkthrough import TapeStep, walkthrough
from makemore_core.models.language_model import LanguageModel

LOSS = "loss"
MOST_DRAWN = 120  # nodes
FEW = 8  # examples
MOST_WORK = 200_000_000  # parameters times characters


@dataclass(frozen=True)
class OnTape:
    """What a layer leaves on the tape."""

    name: str
    kind: str
    operations: tuple[tuple[str, int], ...]  # with how often
    shape: tuple[int, ...]  # of its output
    nodes: int
    bytes: int  # of numbers that are held until backward(); views hold none of their own


@dataclass(frozen=True, eq=False)
class NetworkTape:
    """One batch through a network; the graph only where it is small enough to be drawn."""

    layers: tuple[OnTape, ...]
    loss: float
    examples: int
    parameter_bytes: int
    nodes: list[Node]
    labels: list[Label]
    steps: list[TapeStep]
    layer_of: list[int]  # of each node the number of its layer
    single: list[Row]  # gradients beside torch's, as it trains
    double: list[Row]  # the same in double precision

    @property
    def bytes(self) -> int:
        return sum(layer.bytes for layer in self.layers)


def check_known(model: LanguageModel) -> None:
    """InputError for a network that has no counterpart on minitorch."""
    if not model.named_parameters():
        raise InputError("This model counts: it has no parameters, so there is nothing to walk back to.")
    try:
        ByMinitorch(model)
    except InputError as error:
        kinds = dict.fromkeys(type(layer).__name__ for _, layer in model.all_layers())
        unknown = next((kind for kind in kinds if kind not in COUNTERPARTS), "layers on this device")
        raise InputError(f"minitorch has no {unknown}; look at an MLP, a WaveNet, a CNN or a GPT instead.") from error


def examples_of(model: LanguageModel, dataset: Dataset) -> tuple[Tensor, Tensor]:
    """The first few examples of train, x and y: fewer of a network for which each takes long."""
    tokens = dataset.tokens("train", FEW * (model.block_size + 1) * 4)
    x, y = model.layout.examples(tokens, model.block_size, dataset.is_text)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    most = min(FEW, max(2, MOST_WORK // max(1, parameters * model.block_size)))
    return model.layout.trimmed(x[:most], y[:most])


def network_tape(model: LanguageModel, x: Tensor, y: Tensor) -> NetworkTape:
    """A batch x (B, T) with its targets through a copy of the model in training."""
    model = _training(model)
    engine = ByMinitorch(deepcopy(model))
    owner, layers, outputs = dict[int, int](), list[OnTape](), dict[int, str]()
    held = {id(_buffer(node.data)) for _, node in engine.pairs}
    out: Any = x.numpy()
    for number, (name, module) in enumerate(engine.net.layers.items()):
        out = module(out)
        outputs[id(out)] = name
        layers.append(_on_tape(name, type(model.layers[name]).__name__, out, number, owner, held))
    loss = nn.cross_entropy(out, y.numpy(), ignore_index=MASKED)
    layers.append(_on_tape(LOSS, "CrossEntropy", loss, len(layers), owner, held))
    loss.backward()
    order = topological_order(loss)
    is_small = len(order) <= MOST_DRAWN
    parameters = {id(node): name for name, node in _named(engine).items()}
    names = outputs | {id(loss): LOSS} | parameters
    return NetworkTape(
        tuple(layers),
        loss.item(),
        len(x),
        sum(node.data.nbytes for _, node in engine.pairs),
        walk(loss, _named(engine)) if is_small else [],
        labels(loss, names) if is_small else [],
        walkthrough(loss) if is_small else [],
        [owner[id(tensor)] for tensor in order],
        gradcheck(by_minitorch, model, x, y),
        gradcheck(by_minitorch, model, x, y, torch.float64),
    )


def _training(model: LanguageModel) -> LanguageModel:
    copy = deepcopy(model)
    copy.train(True)
    return copy


def _named(engine: ByMinitorch) -> dict[str, OurTensor]:
    """minitorch's Tensors by the names of the model's parameters."""
    nodes = {id(parameter): node for parameter, node in engine.pairs}
    return {name: nodes[id(parameter)] for name, parameter in engine.model.named_parameters().items()}


def _on_tape(name: str, kind: str, out: OurTensor, number: int, owner: dict[int, int], held: set[int]) -> OnTape:
    """What is new since the layer before; `owner` and `held` are brought up to date."""
    new = [tensor for tensor in topological_order(out) if id(tensor) not in owner]
    owner.update({id(tensor): number for tensor in new})
    operations = [tensor for tensor in new if tensor.op]
    size = 0
    for tensor in operations:
        if id(_buffer(tensor.data)) not in held:
            held.add(id(_buffer(tensor.data)))
            size += tensor.data.nbytes
    counted = Counter(tensor.op.name for tensor in operations if tensor.op)
    return OnTape(name, kind, tuple(counted.items()), out.shape, len(operations), size)


def _buffer(array: Array) -> Array:
    """Whose memory an array looks at."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
