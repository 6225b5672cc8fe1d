"""The lectures, and the chapters of their videos as their author has marked them: what panels and lessons refer to."""

from dataclasses import dataclass

from makemore_core.errors import InputError


@dataclass(frozen=True)
class Lecture:
    """A video, the number by which this lab calls it, and its chapters by name, each from a time `h:mm:ss` on."""

    number: str
    title: str
    video: str
    chapters: dict[str, str]


@dataclass(frozen=True)
class Chapter:
    """A place in a lecture; without a time it is the lecture as a whole."""

    lecture: Lecture
    title: str = ""

    def __post_init__(self) -> None:
        if self.title and self.title not in self.lecture.chapters:
            raise InputError(f"{self.lecture.number} has no chapter {self.title!r}.")

    @property
    def at(self) -> str:
        """From when on, as `h:mm:ss`."""
        return self.lecture.chapters.get(self.title, "")

    @property
    def name(self) -> str:
        """`Lecture 3, 0:12:59`."""
        return ", ".join(filter(None, (self.lecture.number, self.at)))

    @property
    def link(self) -> str:
        """The video, from there on."""
        seconds = sum(int(part) * 60**i for i, part in enumerate(reversed(self.at.split(":")))) if self.at else 0
        return f"https://youtu.be/{self.lecture.video}" + (f"?t={seconds}" if seconds else "")


# names and times as they stand under the videos, a name shortened where it is long
MICROGRAD = Lecture(
    "micrograd",
    "The spelled-out intro to neural networks and backpropagation: building micrograd",
    "VMj-3S1tku0",
    {
        "derivative of a simple function": "0:08:08",
        "the core Value object": "0:19:09",
        "a simple expression by hand": "0:32:10",
        "the backward function of each operation": "1:09:02",
        "the same in PyTorch": "1:39:31",
        "building out a neural net library": "1:43:55",
    },
)
LECTURE_1 = Lecture(
    "Lecture 1",
    "The spelled-out intro to language modeling: building makemore",
    "PaCmpygFfXo",
    {
        "exploring the dataset": "0:03:03",
        "counting bigrams in a 2D tensor": "0:12:45",
        "visualizing the bigram tensor": "0:18:19",
        "sampling from the model": "0:24:02",
        "vectorized normalization of the rows": "0:36:17",
        "the negative log likelihood": "0:50:14",
        "smoothing with fake counts": "1:00:50",
        "the neural network approach": "1:02:57",
        "the softmax": "1:18:46",
        "putting everything together": "1:42:55",
        "smoothing as regularization": "1:50:18",
        "sampling from the neural net": "1:54:31",
    },
)
LECTURE_2 = Lecture(
    "Lecture 2",
    "Building makemore Part 2: MLP",
    "TCH_1BHY58I",
    {
        "Bengio et al. 2003": "0:01:48",
        "the embedding lookup table": "0:12:19",
        "the hidden layer": "0:18:35",
        "F.cross_entropy and why": "0:32:49",
        "the training loop": "0:37:56",
        "minibatches": "0:41:25",
        "a good initial learning rate": "0:45:40",
        "splitting into train, val and test": "0:53:20",
        "a larger hidden layer": "1:00:49",
        "visualizing the embeddings": "1:05:27",
        "a larger embedding": "1:07:16",
        "sampling from the model": "1:13:24",
    },
)
LECTURE_3 = Lecture(
    "Lecture 3",
    "Building makemore Part 3: Activations & Gradients, BatchNorm",
    "P6sfmUTpUmc",
    {
        "fixing the initial loss": "0:04:19",
        "fixing the saturated tanh": "0:12:59",
        "Kaiming init": "0:27:53",
        "batch normalization": "0:40:40",
        "batch normalization: summary": "1:03:07",
        "PyTorch-ifying the code": "1:18:35",
        "forward pass activations": "1:26:51",
        "backward pass gradients": "1:30:54",
        "parameters and their gradients": "1:36:15",
        "update:data ratio over time": "1:39:55",
        "bringing back batchnorm": "1:46:04",
    },
)
LECTURE_4 = Lecture(
    "Lecture 4",
    "Building makemore Part 4: Becoming a Backprop Ninja",
    "q8SA3rM6ckI",
    {
        "why you should care": "0:00:00",
        "starter code": "0:07:26",
        "exercise 1: the atomic compute graph": "0:13:01",
        "bessel's correction": "1:05:17",
        "exercise 2: cross entropy": "1:26:31",
        "exercise 3: batch norm": "1:36:37",
        "exercise 4: putting it all together": "1:50:02",
    },
)
LECTURE_5 = Lecture(
    "Lecture 5",
    "Building makemore Part 5: Building a WaveNet",
    "t3YJ5hKiMQ0",
    {
        "fixing the learning rate plot": "0:06:56",
        "layers, containers, torch.nn": "0:09:16",
        "overview: WaveNet": "0:17:11",
        "the context grows to 8": "0:19:33",
        "implementing WaveNet": "0:21:36",
        "training the WaveNet": "0:37:41",
        "fixing the batchnorm1d bug": "0:38:50",
        "re-training with the fix": "0:45:21",
        "scaling up": "0:46:07",
        "experimental harness": "0:46:58",
        "dilated causal convolutions": "0:47:44",
        "torch.nn": "0:51:34",
        "improve on my loss": "0:55:26",
    },
)
GPT = Lecture(
    "Lecture 7",
    "Let's build GPT: from scratch, in code, spelled out",
    "kCc8FmEb1nY",
    {
        "the simplest baseline": "0:22:11",
        "averaging past context": "0:42:13",
        "positional encoding": "1:00:18",
        "self-attention": "1:02:00",
        "attention as communication": "1:11:38",
        "scaled self-attention": "1:16:56",
        "multi-headed self-attention": "1:21:59",
        "residual connections": "1:26:48",
        "layernorm": "1:32:51",
        "scaling up, with dropout": "1:37:49",
    },
)
