"""The six workloads of the ladder: which preset of ours, and whose code trains the same net."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.contests import Contest, if_possible
from benchmarks.peers import (
    LECTURES,
    Peer,
    makemore_transformer,
    nano_gpt,
    part3_deep,
    part3_mlp,
    part4_by_hand,
    part5_wavenet,
)
from benchmarks.products import as_sentence, back_to_back, products_of
from benchmarks.rounds import Advance
from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.knobs import Value
from makemore_core.presets import preset_named
from makemore_core.training.trainer import Trainer

PEER, LIMIT = "peer", "limit"


@dataclass(frozen=True)
class Workload:
    """A net that we and a peer train: ours is a preset, with changes where the peer's net is another one."""

    name: str
    about: str
    preset: str
    peer: Peer
    changes: Mapping[str, Value] = field(default_factory=dict[str, Value])

    @property
    def config(self) -> RunConfig:
        return preset_named(self.preset).config.with_values(self.changes)

    def contest(self, peers: Path, engines: Iterable[str]) -> Contest:
        """Some of our engines, the peer from its clone, and the matrix products alone."""
        config = self.config
        dataset = config.data.load()
        peer, missing = if_possible(lambda: self.peer.advance(peers, dataset))
        products = products_of(Trainer(config.with_values({"engine": "autograd"}), dataset))
        advances = {PEER: peer} | {name: if_possible(partial(engine, config, dataset, name))[0] for name in engines}
        notes = (missing or f"Peer: {self.peer.about}", f"Limit: {as_sentence(products)}")
        return Contest(self.name, self.about, PEER, advances | {LIMIT: back_to_back(products)}, notes)


def engine(config: RunConfig, dataset: Dataset, name: str) -> Advance:
    """A trainer's steps by one of our engines; an InputError where the engine does not know the model."""
    trainer = Trainer(config.with_values({"engine": name}), dataset)
    trainer.advance(1)  # some engines look at the model only now
    return trainer.advance


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(
            "W1",
            "lecture 3's MLP: block 3, n_embd 10, 200 tanh, batch 32, SGD",
            "lecture3-kaiming",
            Peer(LECTURES, "part 3's first loop, without the BatchNorm that it got last.", part3_mlp),
        ),
        Workload(
            "W2",
            "seed 001: 5 x 100 with BatchNorm and LeakyReLU, batch 64, Adam",
            "seed001-deep",
            Peer(
                LECTURES,
                "part 3's deep loop with LeakyReLU and torch's Adam at batch 64, its update ratios measured at every "
                "step. Seed 001's own loop, with an Adam of its own, is not public.",
                part3_deep,
            ),
        ),
        Workload(
            "W3",
            "seed 002: 64 tanh with BatchNorm, gradients by hand, batch 32, SGD",
            "seed002-manual",
            Peer(LECTURES, "part 4's last exercise with 64 neurons, its Python loop for dC included.", part4_by_hand),
        ),
        Workload(
            "W4",
            "lecture 5's WaveNet: block 8, n_embd 24, 3 x 128, batch 32, SGD",
            "lecture5-wavenet",
            Peer(LECTURES, "part 5's loop.", part5_wavenet),
        ),
        Workload(
            "W5",
            "makemore.py's transformer: block 16, 4 layers, 4 heads, n_embd 64, batch 32, AdamW",
            "makemore-transformer",
            Peer("karpathy/makemore", "makemore.py at its defaults, with --num-workers 0.", makemore_transformer),
        ),
        Workload(
            "W6",
            "a GPT on Shakespeare: block 64, 4 layers, 4 heads, n_embd 128, batch 32, AdamW",
            "seed003-gpt-small",
            Peer(
                "karpathy/nanoGPT",
                "nanoGPT's model, batches and steps, neither clipped nor compiled. It has 804,096 parameters, ours "
                "816,640: nanoGPT has no biases, and its output is its embedding.",
                nano_gpt,
            ),
            {"model.activation": "gelu", "model.head_bias": False},
        ),
    )
}
