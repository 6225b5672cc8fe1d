"""A run or a preset as one PyTorch script: the sections one below the other, the settings above them."""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import torch

from makemore_core.eject.families import FAMILIES
from makemore_core.eject.part import Part, number, stacked
from makemore_core.eject.sections.data import data
from makemore_core.eject.sections.evaluation import evaluation
from makemore_core.eject.sections.sampling import samples
from makemore_core.eject.sections.training import training
from makemore_core.eject.subject import Subject

WIDTH = 100  # of comments
STANDARD = ("copy", "hashlib", "math", "random")
IMPORTS = {
    **{f"{name}.": f"import {name}" for name in STANDARD},
    "Path(": "from pathlib import Path",
    "torch.": "import torch",
    "nn.Module": "from torch import nn",
    "F.": "from torch.nn import functional as F",
}
BESIDE = {"script": "HERE = Path(__file__).parent", "notebook": "HERE = Path()"}
INTRODUCTION = (
    "It stands on its own: all that it needs is torch, and the file {file} beside it. With torch {torch} on the CPU it "
    "gives the losses of Makemore Lab's reference engine (autograd), to the last digit."
)


@dataclass(frozen=True)
class Script:
    """What is written about a subject, section by section."""

    subject: Subject

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The sections in their order; the first holds the settings that the others read."""
        model = FAMILIES[self.subject.config.model.name](self.subject)
        rest = (
            data(self.subject, model),
            model,
            training(self.subject, model),
            evaluation(self.subject, model),
            samples(self.subject, model),
        )
        return (_settings(self.subject, [path for part in rest for path in part.uses]), *rest)

    @property
    def introduction(self) -> tuple[str, ...]:
        """Title, what it is, and what it does otherwise than the run."""
        said = INTRODUCTION.format(file=self.subject.file_name, torch=torch.__version__.partition("+")[0])
        title, *more = self.subject.about
        return (f"{self.subject.name}: {title}", said, *more, *_remarks(self.subject))

    def imports(self, place: str) -> str:
        """What is imported, and the folder of the data, for a script or a notebook."""
        code = "\n".join((BESIDE[place], *(piece for part in self.parts for piece in part.code)))
        lines = [line for use, line in IMPORTS.items() if re.search(rf"(?<![\w.]){re.escape(use)}", code)]
        ours, torchs = ([line for line in lines if ("torch" in line) == is_torch] for is_torch in (False, True))
        return "\n".join((*ours, "", *torchs, "", BESIDE[place]))

    @property
    def text(self) -> str:
        """The whole script."""
        opening = '"""' + "\n\n".join(textwrap.fill(text, WIDTH) for text in self.introduction) + '\n"""'
        sections = (section(i, part) for i, part in enumerate(self.parts))
        return opening + "\n\n" + self.imports("script") + "\n\n\n" + "\n\n\n".join(sections) + "\n"


def section(i: int, part: Part) -> str:
    """A section with its heading and words as comments."""
    title = part.title if not i else f"{i}. {part.title}"
    words = textwrap.wrap(part.words, WIDTH - 2)
    heading = "\n".join(("# " + "-" * (WIDTH - 2), *(f"# {line}" for line in (title, *words))))
    return stacked((heading, *part.code))


def _settings(subject: Subject, paths: Iterable[str]) -> Part:
    """Every number that the sections read, with what its knob says of it."""
    file = f'data_file = "{subject.file_name}"  # in the same folder\ndata_sha256 = "{subject.sha256}"'
    lines = [file, *(_setting(subject, path) for path in dict.fromkeys(paths))]
    every = max(1, 10 ** (len(str(subject.max_steps)) - 2))
    lines += [f"print_every = {number(every)}  # steps from one printed loss to the next"]
    threads = f"torch.set_num_threads({subject.config.threads})  # of another number the last digits are others"
    return Part("Settings", "All that one may turn, in one place.", ("\n".join(lines), threads))


def _setting(subject: Subject, path: str) -> str:
    value = subject.max_steps if path == "max_steps" else subject.config.settings()[path]
    assert not isinstance(value, str)
    help = re.split(r"[.;:,] |\.$", subject.config.knob_at(path).help)[0]
    shown = repr(value) if path == "seed" else number(value)
    return f"{path.rpartition('.')[2]} = {shown}  # {help[0].lower()}{help[1:]}"


def _remarks(subject: Subject) -> tuple[str, ...]:
    """One sentence on each thing that a script does otherwise than the run."""
    config = subject.last_config
    texts: list[str] = []
    if config.device != "cpu":
        texts.append(f"The run's device is {config.device}; this script computes on the CPU, in other last digits.")
    if config.engine not in ("auto", "autograd"):
        texts.append(f"The run's engine is {config.engine}, which agrees with it but for the last digits.")
    if config.max_seconds:
        texts.append(f"The run ends after {config.max_seconds:g} seconds; a script has steps.")
    if subject.ended_at is not None:
        texts.append(
            f"The run ended after {subject.ended_at:,} of {config.max_steps:,} steps, and so does this script."
        )
    return tuple(texts)
