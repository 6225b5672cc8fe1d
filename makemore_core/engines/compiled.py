"""The fast engine: kernel.py's mathematics on the very memory of the model's parameters, many steps in one call.

Numba compiles the kernel once (some seconds) and keeps it on disk. Between two calls the parameters, what the
optimizer keeps and the running statistics are torch tensors like any others, only that they lie in flat vectors.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from threading import Thread
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from makemore_core.engines import fused_layers, one_pass, precompiled, products
from makemore_core.engines.one_pass import Kept
from makemore_core.errors import InputError
from makemore_core.joined import Joined
from makemore_core.layouts import Windows
from makemore_core.models.language_model import Cut, LanguageModel, Loss
from makemore_core.models.layers import BatchNorm1d, FlattenConsecutive, LeakyReLU, Linear
from makemore_core.models.mlp import MLPConfig
from makemore_core.optimizers import Optimizer, SGDConfig

MISSING = f"The fast engine is not installed, so autograd trains: pip install {' '.join(products.NEEDS)}"


@lru_cache(maxsize=1)
def load_kernel() -> Any:
    """The kernel's module, imported when first used."""
    precompiled.be_compiled()
    products.keep_to_one_thread()
    from makemore_core.engines import kernel

    return kernel


def warm_up() -> None:
    """Compile the kernel, or load it from the disk, by one step of a tiny net."""
    model = MLPConfig(n_hidden=4, n_embd=2, block_size=1, batch_norm=True).build(2, Generator())
    x, y, batches = torch.zeros((2, 1), dtype=torch.int64), torch.zeros(2, dtype=torch.int64), torch.tensor([[0, 1]])
    engine = Compiled(model)
    engine.advance(x, y, batches, np.zeros(1), SGDConfig().build(model.named_parameters()), clip=0.0)
    engine.mean_nats(model.cut(np.zeros(2, dtype=np.int64)))
    one_pass.warm_up()
    fused_layers.warm_up()


def warm_up_in_background() -> None:
    """The same beside what else is going on, so that nobody waits for it."""
    if products.is_available():
        Thread(target=warm_up, name="warm up", daemon=True).start()


MANY = 4  # times the alphabet: with as many rows it is shorter to multiply each letter once
EVALUATED_AT_ONCE = 128  # contexts: what they become on their way fits into the processor's cache
LONG_STEP = 2_000_000_000  # multiplications; a step of more takes a good part of a second, and so do as many contexts
Places = dict[str, int]  # of parameters in their flat vector


def _operation(function: Callable[..., Any], *arguments: object) -> Any:
    """A part of long work; before it, the work can be cut short: see cutting.py."""
    return function(*arguments)


def _pieces(cut: Cut, at_once: int) -> Iterator[tuple[NDArray[Any], ...]]:
    """A cut as the kernel takes it, so many contexts at once."""
    x, row, *rest = (part.numpy() for part in cut)
    for start in range(0, len(x), at_once):
        here = slice(*np.searchsorted(row, (start, start + at_once)))
        yield x[start : start + at_once], row[here] - start, *(part[here] for part in rest)


class LossByKernel:
    """The loss of one batch, with its gradients in the engine's flat vector."""

    def __init__(self, engine: "Compiled", x: NDArray[np.int64], y: NDArray[np.int64]) -> None:
        self.engine, self.nats = engine, engine.find_gradients(x, y, np.arange(len(y)))

    def item(self) -> float:
        return self.nats

    def backward(self) -> None:
        """Every parameter of the model gets its part of the flat gradients in `grad`."""
        joined = self.engine.model.joined
        for name, gradient in joined.part(self.engine.grads).items():
            joined.parameters[name].grad = gradient


class Compiled:
    """The engine for models in which embedding, linear, batch norm and nonlinearities stand in a row, on the CPU."""

    holds_lock = False

    def __init__(self, model: LanguageModel) -> None:
        if model.device.type != "cpu":
            raise InputError(f"The kernel computes on the CPU, but got device={model.device.type}; choose autograd.")
        kind = type(model).__name__ if type(model.layout).__name__ == Windows.__name__ else "sequences"
        if kind != LanguageModel.__name__:
            raise InputError(f"The kernel knows rows of layers over windows, but got {kind}; choose autograd.")
        for parameter in model.parameters():
            if parameter.dtype != torch.float32:
                raise InputError(f"The kernel computes in float32, but got {parameter.dtype}; choose autograd.")
        self.kernel = load_kernel()
        self.model = model
        self.params = model.joined.data
        self.running = Joined(model.buffers()).data
        self.grads, self.kept = torch.zeros_like(self.params), Kept(self.params)
        self.net = self._laid_out(1)

    def advance(
        self, x: Tensor, y: Tensor, batches: Tensor, rates: NDArray[np.float64], optimizer: Optimizer, clip: float
    ) -> NDArray[np.float64]:
        """One step for each row of `batches` (k, B), examples of x (N, T) and y (N), at `rates` (k): losses (k)."""
        k, batch_size = batches.shape
        if batch_size != self.net.batch_size:
            self.net = self._laid_out(batch_size)
        net, rule = self.net, self.kept.adopt(optimizer)
        settings = rule.settings(optimizer.weight_decay, clip)
        inputs, targets, drawn = (indices.numpy() for indices in (x, y, batches))
        params, grads, running, *kept = (
            flat.numpy() for flat in (self.params, self.grads, self.running, self.kept.m, self.kept.v)
        )
        losses, steps = np.empty(k), optimizer.steps
        if net.multiplications > LONG_STEP:
            for i, batch in enumerate(drawn):
                losses[i] = self.find_gradients(inputs, targets, batch)
                self.kernel.clip(grads, clip)
                self.kernel.update(rule.number, settings, params, grads, *kept, rates[i], steps + i + 1)
        else:
            arrays = params, grads, running, net.tape, net.work, inputs, targets, drawn
            self.kernel.train(net.program, net.numbers, *arrays, rates, rule.number, settings, *kept, steps, losses)
        optimizer.steps += k
        return losses

    def find_gradients(self, x: NDArray[np.int64], y: NDArray[np.int64], batch: NDArray[np.int64]) -> float:
        """The loss of a batch, its gradients in `grads`: the kernel's way, one operation at a time."""
        kernel, net = self.kernel, self.net
        params, grads, running = (flat.numpy() for flat in (self.params, self.grads, self.running))
        parts = [(net.program[i : i + 1], net.numbers[i : i + 1]) for i in range(len(net.program))]
        for part in parts:
            _operation(kernel.forward, *part, params, running, net.tape, x, batch, True)
        loss = float(kernel.cross_entropy(net.program[-1], net.tape, net.work, y, batch))
        for part in reversed(parts):
            _operation(kernel.backward, *part, params, grads, net.tape, net.work, x, batch)
            if part[0][0, kernel.KIND] == kernel.LINEAR:  # leaves in work[1] what flows back
                net.work[0] = net.work[1]
        return loss

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        """Mean cross-entropy in nats of the next characters y (B) after the inputs x (B, T)."""
        if len(y) != self.net.batch_size:
            self.net = self._laid_out(len(y))
        return LossByKernel(self, x.numpy(), y.numpy())

    def mean_nats(self, cuts: list[Cut]) -> float:
        """What LanguageModel.mean_nats() says of the same cuts."""
        net = self._laid_out(EVALUATED_AT_ONCE)
        flat = self.params.numpy(), self.running.numpy()
        at_once = max(1, LONG_STEP // max(1, net.multiplications)) * EVALUATED_AT_ONCE
        nats = sum(
            _operation(self.kernel.split_nats, net.program, net.numbers, *flat, net.tape, *piece)
            for cut in cuts
            for piece in _pieces(cut, at_once)
        )
        return float(nats / sum(float(cut.times.sum()) for cut in cuts))

    def _laid_out(self, batch_size: int) -> "Net":
        net = Net(self.kernel, self.model.block_size, batch_size)
        places = self.model.joined.places
        for name, layer in self.model.layers.items():
            kind = type(layer).__name__
            if kind not in OPERATIONS:
                raise InputError(f"The kernel knows {', '.join(OPERATIONS)}, but got {kind}; choose autograd.")
            OPERATIONS[kind](net, layer, {k: places[f"{name}.{k}"] for k in layer.parameters()})
        return net.ready()


class Net:
    """A model as the kernel sees it, for one batch size: its operations, and room for what they compute."""

    program: NDArray[np.int64]  # (operations, COLUMNS)
    numbers: NDArray[np.float64]  # (operations, NUMBERS)
    tape: NDArray[np.float32]
    work: NDArray[np.float32]  # (2, the largest activation)
    multiplications: int  # of the forward pass; the way back takes twice as many

    def __init__(self, kernel: Any, block_size: int, batch_size: int) -> None:
        self.kernel, self.batch_size = kernel, batch_size
        self.positions, self.width = block_size, 0  # of the latest output
        self.place, self.room, self.tracked = -1, 0, 0  # its place; what is used of the tape, of the running statistics
        self.operations: list[list[int]] = []
        self.settings: list[list[float]] = []

    @property
    def rows(self) -> int:
        return self.batch_size * self.positions

    def embedding(self, layer: Any, places: Places) -> None:
        """(B, T) -> (B * T, E)."""
        vocab_size, self.width = layer.weight.shape
        self.place = self._take(self.rows * self.width)
        self._add(self.kernel.EMBEDDING, fan_in=vocab_size, WEIGHT=places["weight"])

    def flatten(self, layer: Any, places: Places) -> None:
        """All positions side by side."""
        self.positions, self.width = 1, self.positions * self.width

    def fuse(self, layer: FlattenConsecutive, places: Places) -> None:
        """n positions side by side."""
        self.positions, self.width = self.positions // layer.n, self.width * layer.n

    def linear(self, layer: Linear, places: Places) -> None:
        """(rows, fan_in) -> (rows, fan_out)."""
        fan_in, taken = self.width, self.place
        self.width = layer.weight.shape[1]
        self.place = self._take(self.rows * self.width)
        weight, bias = places["weight"], places.get("bias", -1)
        before = self.operations[-1]
        if before[self.kernel.KIND] == self.kernel.EMBEDDING and self.rows >= MANY * before[self.kernel.FAN_IN]:
            self._embedded_linear(fan_in, weight, bias)
        else:
            self._add(self.kernel.LINEAR, fan_in, WEIGHT=weight, BIAS=bias, INPUT=taken)

    def _embedded_linear(self, fan_in: int, weight: int, bias: int) -> None:
        """A linear layer and the embedding before it as one operation."""
        embedding = self.operations.pop()
        self.settings.pop()
        vocab_size, n_embd = embedding[self.kernel.FAN_IN], embedding[self.kernel.FAN_OUT]
        span = fan_in // n_embd
        self._add(
            self.kernel.EMBEDDED_LINEAR,
            fan_in,
            WEIGHT=weight,
            BIAS=bias,
            RAW=self._take(span * vocab_size * self.width),
            TABLE=embedding[self.kernel.WEIGHT],
            VOCAB=vocab_size,
            SPAN=span,
        )

    def batch_norm(self, layer: BatchNorm1d, places: Places) -> None:
        """In place; `raw` and the deviations are kept beside."""
        raw = self._take(self.rows * self.width + self.width)
        self._overwrite()
        self._add(
            self.kernel.BATCH_NORM,
            self.width,
            (layer.eps, layer.momentum),
            WEIGHT=places["gamma"],
            BIAS=places["beta"],
            RAW=raw,
            RUNNING=self.tracked,
        )
        self.tracked += 2 * self.width

    def deviation_batch_norm(self, layer: BatchNorm1d, places: Places) -> None:
        """The same where the deviation itself is tracked, without eps."""
        self.batch_norm(layer, places)
        self.settings[-1][self.kernel.EPS] = -1.0

    def tanh(self, layer: Any, places: Places) -> None:
        """In place."""
        self._overwrite()
        self._add(self.kernel.TANH, self.width)

    def relu(self, layer: Any, places: Places) -> None:
        """In place: a leaky one without slope."""
        self._overwrite()
        self._add(self.kernel.LEAKY_RELU, self.width)

    def leaky_relu(self, layer: LeakyReLU, places: Places) -> None:
        """In place."""
        self._overwrite()
        self._add(self.kernel.LEAKY_RELU, self.width, (0.0, 0.0, layer.slope))

    def ready(self) -> "Net":
        """The net with its arrays, once all layers are laid out."""
        if self.positions > 1:
            raise InputError("The kernel predicts one character from each context; choose autograd.")
        columns, n = self.kernel.COLUMNS, self.kernel.NUMBERS
        self.program = np.array(self.operations, dtype=np.int64).reshape(-1, columns)
        self.numbers = np.array(self.settings).reshape(-1, n)
        rows, widths = self.program[:, self.kernel.ROWS], self.program[:, [self.kernel.FAN_IN, self.kernel.FAN_OUT]]
        widths[self.program[:, self.kernel.KIND] == self.kernel.EMBEDDING, 0] = 0  # the vocabulary is no activation
        linear = self.program[:, self.kernel.KIND] == self.kernel.LINEAR
        self.multiplications = int((rows * widths.prod(1))[linear].sum())
        self.tape = np.empty(self.room, dtype=np.float32)
        self.work = np.empty((2, int((rows * widths.max(1)).max())), dtype=np.float32)
        return self

    def _take(self, n: int) -> int:
        """Room for n numbers on the tape."""
        self.room += n
        return self.room - n

    def _overwrite(self) -> None:
        """What stands there may be overwritten, unless its own way back needs it."""
        last = self.operations[-1][self.kernel.KIND]
        if last in (self.kernel.TANH, self.kernel.LEAKY_RELU):
            raise InputError("The kernel wants a linear layer between two nonlinearities; choose autograd.")

    def _add(self, kind: int, fan_in: int, settings: tuple[float, ...] = (), **columns: int) -> None:
        row = [-1] * self.kernel.COLUMNS
        columns |= {"KIND": kind, "ROWS": self.rows, "FAN_IN": fan_in, "FAN_OUT": self.width, "OUTPUT": self.place}
        for name, value in columns.items():
            row[getattr(self.kernel, name)] = value
        self.operations.append(row)
        self.settings.append(list(settings) + [0.0] * (self.kernel.NUMBERS - len(settings)))


# by name, because Streamlit's reload makes the classes of a running model anew
OPERATIONS: dict[str, Callable[[Net, Any, Places], None]] = {
    "Embedding": Net.embedding,
    "Flatten": Net.flatten,
    "FlattenConsecutive": Net.fuse,
    "Linear": Net.linear,
    "BatchNorm1d": Net.batch_norm,
    "DeviationBatchNorm1d": Net.deviation_batch_norm,
    "Tanh": Net.tanh,
    "ReLU": Net.relu,
    "LeakyReLU": Net.leaky_relu,
}
