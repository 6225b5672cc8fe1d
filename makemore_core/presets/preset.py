"""What a preset is: a frozen config with a name, what it teaches, and the numbers that its author printed."""

from dataclasses import dataclass, field

from makemore_core.config import RunConfig
from makemore_core.presets.sickness import Sickness


@dataclass(frozen=True)
class Published:
    """Numbers to compare with; losses in nats. `is_own` marks those that we computed where nothing was printed."""

    train: float | None = None
    val: float | None = None
    test: float | None = None
    loss_at: dict[int, float] = field(default_factory=dict[int, float])
    names: tuple[str, ...] = ()
    is_own: bool = False

    @property
    def losses(self) -> dict[str, float | None]:
        """By split; None where no number was printed."""
        return {"train": self.train, "val": self.val, "test": self.test}


@dataclass(frozen=True)
class Preset:
    """A config with a name, a sentence about what it teaches, and what was published.

    `remark` says why our numbers are not the published ones, where they are not.
    """

    name: str
    about: str
    source: str
    config: RunConfig
    published: Published = Published()
    remark: str = ""
    sickness: Sickness | None = None  # of a run that is broken on purpose
