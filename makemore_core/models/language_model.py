"""What every model here is: layers in a row that turn the characters seen into scores for the next one."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from makemore_core.joined import Joined
from makemore_core.knobs import Config
from makemore_core.layouts import MASKED, WINDOWS, Layout, Tokens, distinct_contexts
from makemore_core.models.layers import Embedding, Layer, nested

FEW = 50  # contexts; it takes longer to find equal ones among them than to look at all


class Loss(Protocol):
    """What the training loop needs of a loss: its gradients, and its value in nats."""

    def backward(self) -> object: ...

    def item(self) -> float: ...


class Cut(NamedTuple):
    """Some inputs x (U, T), and what follows them: the number of the logits' row (P), the target (P), how often (P)."""

    x: Tensor
    row: Tensor
    target: Tensor
    times: Tensor


class LanguageModel:
    """A row of named layers. model(x) maps inputs (B, T) to logits: (B, V), or (B, T, V) in the layout of sequences."""

    def __init__(self, layers: dict[str, Layer], block_size: int, layout: Layout = WINDOWS) -> None:
        self.layers, self.block_size, self.layout = layers, block_size, layout
        self.device = torch.device("cpu")
        self.training = True
        for parameter in self.parameters():
            parameter.requires_grad = True
        self.join()

    def __call__(self, x: Tensor) -> Tensor:
        for layer in self.layers.values():
            x = layer(x)
        return x

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        """Mean cross-entropy in nats of the next characters y, (B) or (B, T), after the inputs x (B, T)."""
        return cross_entropy(self(x).flatten(0, -2), y.flatten(), ignore_index=MASKED)

    def after(self, prefixes: Tokens) -> Tensor:
        """The scores (B, V) of what comes next after prefixes of L tokens (B, L)."""
        x = self.layout.inputs(prefixes, self.block_size)
        if len(x) <= FEW:
            return self._last_logits(x)
        first, row = distinct_contexts(x)  # what ends alike is looked at once
        return self._last_logits(x[first])[torch.from_numpy(row)]

    def _last_logits(self, x: Tokens) -> Tensor:
        logits = self(torch.from_numpy(x).to(self.device))
        return logits if logits.ndim == 2 else logits[:, -1]

    def nats(self, tokens: Tokens, is_text: bool = False) -> NDArray[np.float64]:
        """How much each token (N) surprises the model after those before it: -log p, in float64."""
        nats = np.empty(len(tokens))
        with self.evaluating():
            for x, among, here in self.layout.batches(tokens, self.block_size, is_text):
                log_p = torch.log_softmax(self(x.to(self.device)), dim=-1).flatten(0, -2).double().cpu().numpy()
                nats[here] = -log_p[among, tokens[here]]
        return nats

    def cut(self, tokens: Tokens, is_text: bool = False) -> list[Cut]:
        """A row of tokens (N) made ready for mean_nats(): each distinct context once, and how often what follows it."""
        cuts: list[Cut] = []
        base = int(tokens.max(initial=0)) + 1
        for x, among, here in self.layout.batches(tokens, self.block_size, is_text):
            pairs, counts = np.unique(among * base + tokens[here], return_counts=True)
            row, target = torch.from_numpy(pairs // base), torch.from_numpy(pairs % base)
            cuts.append(Cut(x, row, target, torch.from_numpy(counts).double()))
        return cuts

    def mean_nats(self, cuts: list[Cut]) -> float:
        """The mean surprise of the tokens that were cut: -log p, summed in float64."""
        total, n = 0.0, 0.0
        with self.evaluating():
            for cut in cuts:
                log_p = torch.log_softmax(self(cut.x.to(self.device)), dim=-1).flatten(0, -2).cpu()
                total -= float(log_p[cut.row, cut.target].double() @ cut.times)
                n += float(cut.times.sum())
        return total / n

    @property
    def embedding(self) -> Embedding | None:
        """The characters' vectors, where the model has them."""
        found = (layer for _, layer in self.all_layers() if isinstance(layer, Embedding))
        return next(found, None)

    def all_layers(self) -> Iterator[tuple[str, Layer]]:
        """Every layer with those inside it, shallow first, by dotted name."""
        return nested(self.layers)

    def to(self, device: torch.device) -> None:
        """Move all tensors; parameters stay parameters, but are new tensors."""
        if device == self.device:
            return
        self.device = device
        for _, layer in self.all_layers():
            layer.to(device)
        self.join()

    def join(self) -> None:
        """Lay the parameters side by side in memory; again, where they have become other tensors."""
        self.joined = Joined(self.named_parameters())

    def named_parameters(self) -> dict[str, Tensor]:
        return {f"{name}.{k}": p for name, layer in self.all_layers() for k, p in layer.parameters().items()}

    def parameters(self) -> list[Tensor]:
        return list(self.named_parameters().values())

    def state(self) -> dict[str, Tensor]:
        """Parameters and buffers by name: all that a copy needs to give the same answers."""
        return self.named_parameters() | self.buffers()

    def buffers(self) -> dict[str, Tensor]:
        """What the layers track."""
        return {f"{n}.{k}": b for n, layer in self.all_layers() for k, b in layer.buffers().items()}

    def load(self, state: dict[str, Tensor]) -> None:
        """Take over the numbers of a state, or of a part of one, with the same names and shapes."""
        mine = self.state()
        with torch.no_grad():
            for name, tensor in state.items():
                mine[name].copy_(tensor)

    def zero_grad(self) -> None:
        for parameter in self.joined.parameters.values():
            parameter.grad = None

    @contextmanager
    def evaluating(self) -> Generator[None]:
        """No gradients, and running statistics in place of the batch's."""
        before = self.training
        self.train(False)
        try:
            with torch.no_grad():
                yield
        finally:
            self.train(before)

    @contextmanager
    def watched(self) -> Generator[dict[str, Tensor]]:
        """Keep each layer's output, with its gradient after backward(), under the layer's name."""
        seen: dict[str, Tensor] = {}
        for name, layer in self.all_layers():
            layer.note = partial(_keep, seen, name)
        try:
            yield seen
        finally:
            for _, layer in self.all_layers():
                layer.note = None

    def train(self, training: bool = True) -> None:
        """Switch all layers to training or evaluation. Share a model among threads in evaluation only."""
        self.training = training
        for _, layer in self.all_layers():
            layer.training = training


def _keep(seen: dict[str, Tensor], name: str, out: Tensor) -> None:
    if out.requires_grad:
        out.retain_grad()
    seen[name] = out


class ModelConfig(Config):
    """Base of all models' configs: `name` stands in the table, `build` draws the parameters."""

    name: ClassVar[str]
    block_size: int

    @property
    def normalises_batch(self) -> bool:
        """Whether it measures a spread over the batch, which takes two examples."""
        return bool(getattr(self, "batch_norm", False))

    def check(self) -> None:
        """Refuse, with an InputError, knobs that do not go together."""

    def build(self, vocab_size: int, generator: torch.Generator) -> LanguageModel:
        raise NotImplementedError
