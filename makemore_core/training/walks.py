"""What comes of training writings of one network side by side: frozen, plain numbers, and the sentence about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from makemore_core.config import RunConfig
from makemore_core.training.curve import Rows

BITS = 100  # of a loss's last bit; what differs by less is plain rounding
REAL = 1e-3  # of a loss; what differs by more is no longer rounding
GROWN = "There rounding has grown into a real difference, as it does at a kink such as LeakyReLU's: little makes much."
DRIFTING = (
    "the loss does not feel them. Where a gradient is rounding alone, an optimizer that divides by the gradient's size "
    "steps along it."
)


@dataclass(frozen=True)
class Writing:
    """One way to write the network down and to find its gradients: its name on the screen, and its run."""

    name: str
    config: RunConfig


def on_engines(config: RunConfig, engines: Mapping[str, str]) -> tuple[Writing, ...]:
    """One run by several engines, given by the names that they have on the screen."""
    return tuple(Writing(name, replace(config, engine=engine)) for name, engine in engines.items())


@dataclass(frozen=True, eq=False)
class Walk:
    """What a writing did so far. Differences are from the first writing, at the same step."""

    name: str
    engine: str
    losses: Rows  # in nats
    apart: Rows  # of its losses: absolute differences
    relative_apart: float  # the largest difference of a loss as a share of that loss
    parameters: Mapping[str, tuple[float, ...]]  # the largest difference in each parameter at the measured steps
    relative: Mapping[str, float]  # the last of them, as a share of the parameter's largest number
    first_loss: int | None  # the first step whose loss has other bits
    first_update: int | None  # the first step whose update leaves other bits in a parameter
    steps: int  # that were timed
    seconds: float  # that they took, of the processor's time on one CPU thread, else by the clock
    val: tuple[float, ...]  # at the evaluated steps
    split_losses: Mapping[str, float] = field(default_factory=dict[str, float])  # at the end

    @property
    def is_equal(self) -> bool:
        """Whether every loss and every parameter has been the first writing's, to the bit."""
        return self.first_loss is None and self.first_update is None

    @property
    def farthest(self) -> tuple[str, float]:
        """The parameter that differs most now, and by how much."""
        now = {name: values[-1] for name, values in self.parameters.items() if values}
        return max(now.items(), key=lambda pair: pair[1], default=("", 0.0))

    @property
    def steps_per_second(self) -> float:
        """Over the timed steps; 0 before the first of them."""
        return self.steps / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, eq=False)
class Together:
    """All writings after so many steps, and the sentences of those that could not be trained."""

    steps: int
    max_steps: int
    rounding: float  # the machine epsilon: what the last bit of a number near 1 is worth
    measured: tuple[int, ...]  # steps done when parameters were compared
    evaluated: tuple[int, ...]  # steps done when val was scored
    walks: tuple[Walk, ...]
    left_out: Mapping[str, str]
    scored: int = 0  # characters of a split at the end; 0 is all

    @property
    def first(self) -> Walk:
        return self.walks[0]

    @property
    def others(self) -> tuple[Walk, ...]:
        return self.walks[1:]

    def times(self, walk: Walk) -> float:
        """How many times as fast as the first writing; 0 before it is known."""
        speed = self.first.steps_per_second
        return walk.steps_per_second / speed if speed else 0.0

    def verdict(self, walk: Walk) -> str:
        """How a writing compares with the first, in a sentence."""
        if walk.is_equal:
            return f"{walk.name}: every loss and every parameter equals that of {self.first.name} to the bit."
        parted = [f"in the loss of step {walk.first_loss:,}"] if walk.first_loss is not None else []
        parted += [f"in the update of step {walk.first_update:,}"] if walk.first_update is not None else []
        words = f"{walk.name}: bits first differ {' and '.join(parted)}, "
        words += f"losses never by more than {walk.relative_apart:.1e} of themselves."
        if walk.relative_apart >= REAL:
            return f"{words} {GROWN}"
        name, largest = walk.farthest
        if largest >= REAL and walk.relative_apart < BITS * self.rounding:
            return f"{words} Some numbers drift off all the same, by {largest:.1e} in {name}: {DRIFTING}"
        return words
