"""The peers: Karpathy's own loops, run from clones of his repositories. Each task changes what it says and no more.

The clones lie side by side in one folder, under the names of their repositories; benchmarks/README.md says how.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import Any

import numpy as np
import torch

from benchmarks.rounds import Advance
from benchmarks.sources import cell_with, changed, notebook_cells, quiet, repeated, section, without
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError

Names = dict[str, Any]  # what a peer's code sees as its globals
LECTURES = "karpathy/nn-zero-to-hero"
ALL_STEPS = {"range(max_steps)": "range(steps)"}
LOOP = "max_steps = 200000"


@dataclass(frozen=True)
class Peer:
    """Whose code trains the same net, and in what it is not the same."""

    repository: str
    about: str
    build: Callable[[Path, Dataset], Advance]  # the clone's folder, our data set

    def advance(self, folder: Path, dataset: Dataset) -> Advance:
        """The peer's steps; an InputError where its repository is not cloned into the folder."""
        return self.build(clone(folder, self.repository), dataset)


def clone(folder: Path, repository: str) -> Path:
    """Where a repository lies, or an InputError that says how it gets there."""
    path = folder / repository.partition("/")[2]
    if not path.is_dir():
        raise InputError(f"The peer's code is not there; `git clone https://github.com/{repository} {path}` brings it.")
    return path


def lecture(folder: Path, part: str, dataset: Dataset) -> tuple[list[str], Names]:
    """A notebook's cells, and its names after the cells that build the examples have run on our words."""
    cells = notebook_cells(folder / "lectures" / "makemore" / f"{part}.ipynb")
    names: Names = {"torch": torch, "F": torch.nn.functional, "print": quiet, "words": list(dataset.words)}
    exec(cell_with(cells, "stoi = {"), names)
    exec(cell_with(cells, "def build_dataset"), names)
    return cells, names


def part3_mlp(folder: Path, dataset: Dataset) -> Advance:
    """Part 3's first loop; its BatchNorm, which the notebook added last, is left out, and b1 comes back."""
    cells, names = lecture(folder, "makemore_part3_bn", dataset)
    net = cell_with(cells, "bngain = torch.ones")
    exec(changed(net, {"#b1 = ": "b1 = ", "[C, W1, W2, b2, bngain, bnbias]": "[C, W1, b1, W2, b2]"}), names)
    loop = without(cell_with(cells, LOOP), "  # BatchNorm layer", "  # Non-linearity")
    return repeated(changed(loop, ALL_STEPS | {"@ W1 #+ b1": "@ W1 + b1"}), names)


def part3_deep(folder: Path, dataset: Dataset) -> Advance:
    """Part 3's second loop, its update ratios at every step: biases, LeakyReLU, torch's Adam, batches of 64, no end."""
    cells, names = lecture(folder, "makemore_part3_bn", dataset)
    net = changed(cell_with(cells, "class Linear:"), {"bias=False": "bias=True", "torch.tanh(x)": "F.leaky_relu(x)"})
    exec(net, names)
    names["optimizer"] = torch.optim.Adam(names["parameters"], lr=1e-3)
    loop = without(cell_with(cells, "ud = []"), "  if i >= 1000:")
    sgd = "  for p in parameters:\n    p.data += -lr * p.grad"
    return repeated(changed(loop, ALL_STEPS | {"batch_size = 32": "batch_size = 64", sgd: "  optimizer.step()"}), names)


def part4_by_hand(folder: Path, dataset: Dataset) -> Advance:
    """Part 4's last exercise, its Python loop for dC included, with 64 neurons."""
    cells, names = lecture(folder, "makemore_part4_backprop", dataset)
    exercise = changed(cell_with(cells, "# Exercise 4"), {"n_hidden = 200": "n_hidden = 64"})
    net = without(exercise, "# same optimization as last time")
    exec(net, names)
    return repeated(changed(exercise.removeprefix(net), ALL_STEPS), names)


def part5_wavenet(folder: Path, dataset: Dataset) -> Advance:
    """Part 5's loop as it stands."""
    cells, names = lecture(folder, "makemore_part5_cnn1", dataset)
    exec(cell_with(cells, "class FlattenConsecutive"), names)
    exec(cell_with(cells, "# hierarchical network"), names)
    return repeated(changed(cell_with(cells, LOOP), ALL_STEPS), names)


def makemore_transformer(folder: Path, dataset: Dataset) -> Advance:
    """makemore.py at its defaults, loading data in its own process; no TensorBoard, no evaluation, no samples."""
    source = (folder / "makemore.py").read_text(encoding="utf-8")
    arguments = ["--input-file", str(folder / "names.txt"), "--num-workers", "0"]
    names: Names = {"print": quiet, "__name__": "makemore", "arguments": arguments}
    head = without(source, "if __name__ == '__main__':")
    exec(changed(head, {"from torch.utils.tensorboard import SummaryWriter": ""}), names)
    start = section(source, "    # parse command line args", "    # training loop")
    start = without(start, "    os.makedirs", "    # init datasets")
    exec(dedent(changed(start, {"parse_args()": "parse_args(arguments)", "pin_memory=True, ": ""})), names)
    loop = without(section(source, "    best_loss = None"), "        # evaluate the model", "        step += 1")
    return repeated(dedent(changed(loop, {"args.max_steps": "steps"})), names)


def nano_gpt(folder: Path, dataset: Dataset) -> Advance:
    """nanoGPT's model, optimizer, batches and step; the gradients are not clipped, because ours are not."""
    source = (folder / "train.py").read_text(encoding="utf-8")
    examples = TemporaryDirectory()  # goes when the names do
    dataset.tokens("train").astype(np.uint16).tofile(Path(examples.name) / "train.bin")
    names: Names = {"print": quiet, "__name__": "nano_gpt", "examples": examples, "data_dir": examples.name}
    exec((folder / "model.py").read_text(encoding="utf-8"), names)
    shape = names["GPTConfig"](
        block_size=64, vocab_size=len(dataset.vocabulary), n_layer=4, n_head=4, n_embd=128, dropout=0.0, bias=False
    )
    model = names["GPT"](shape)
    names |= {"model": model, "optimizer": model.configure_optimizers(0.1, 1e-3, (0.9, 0.95), "cpu")}
    names |= {"np": np, "block_size": 64, "batch_size": 32, "device": "cpu", "device_type": "cpu", "grad_clip": 0.0}
    names |= {"gradient_accumulation_steps": 1, "ddp": False, "ctx": nullcontext()}
    names |= {"scaler": torch.amp.GradScaler("cpu", enabled=False)}
    exec("import os\n" + section(source, "def get_batch(split):", "# init these up here"), names)
    exec("X, Y = get_batch('train')", names)
    step = section(source, "    for micro_step in", "    # timing and logging")
    return repeated("for step in range(steps):\n" + step, names)
