"""Where what one sees comes from: for each page, view and panel the chapter of a lecture, and the paper behind it."""

from dataclasses import dataclass

from makemore_core.lectures import (
    GPT,
    LECTURE_1,
    LECTURE_2,
    LECTURE_3,
    LECTURE_4,
    LECTURE_5,
    MICROGRAD,
    Chapter,
)


@dataclass(frozen=True)
class Paper:
    """A paper by its authors and year, and where it can be read."""

    name: str
    link: str


@dataclass(frozen=True)
class Source:
    """A chapter, a paper, or both."""

    chapter: Chapter | None = None
    paper: Paper | None = None


BENGIO = Paper("Bengio et al. 2003", "https://www.jmlr.org/papers/v3/bengio03a.html")
KAIMING = Paper("He et al. 2015", "https://arxiv.org/abs/1502.01852")
BATCH_NORM = Paper("Ioffe & Szegedy 2015", "https://arxiv.org/abs/1502.03167")
GLOROT = Paper("Glorot & Bengio 2010", "https://proceedings.mlr.press/v9/glorot10a.html")
WAVENET = Paper("van den Oord et al. 2016", "https://arxiv.org/abs/1609.03499")
ATTENTION = Paper("Vaswani et al. 2017", "https://arxiv.org/abs/1706.03762")
CLIPPING = Paper("Pascanu et al. 2013", "https://arxiv.org/abs/1211.5063")
SHANNON = Paper("Shannon 1951", "https://doi.org/10.1002/j.1538-7305.1951.tb01366.x")
MACKAY = Paper("MacKay & Peto 1995", "https://doi.org/10.1017/S1351324900000218")
RATE_RANGE = Paper("Smith 2017", "https://arxiv.org/abs/1506.01186")
RANDOM_SEARCH = Paper("Bergstra & Bengio 2012", "https://www.jmlr.org/papers/v13/bergstra12a.html")
T_SNE = Paper("van der Maaten & Hinton 2008", "https://www.jmlr.org/papers/v9/vandermaaten08a.html")
DISTILL = Paper("Wattenberg et al. 2016", "https://distill.pub/2016/misread-tsne/")
OCCLUSION = Paper("Zeiler & Fergus 2014", "https://arxiv.org/abs/1311.2901")
BACKPROP = Paper("Rumelhart et al. 1986", "https://doi.org/10.1038/323533a0")
HOLTZMAN = Paper("Holtzman et al. 2020", "https://arxiv.org/abs/1904.09751")


def _of(chapter: Chapter | None, paper: Paper | None = None) -> Source:
    return Source(chapter, paper)


PAGES = {
    "train": _of(Chapter(LECTURE_2, "the training loop"), BENGIO),
    "lessons": _of(None),
    "datasets": _of(Chapter(LECTURE_1, "exploring the dataset")),
    "take_home": _of(Chapter(LECTURE_5, "torch.nn")),
    "embeddings": _of(Chapter(LECTURE_2, "visualizing the embeddings"), BENGIO),
    "next_character": _of(Chapter(LECTURE_2, "sampling from the model")),
    "my_name": _of(Chapter(LECTURE_1, "the negative log likelihood"), SHANNON),
    "counting": _of(Chapter(LECTURE_1, "counting bigrams in a 2D tensor")),
    "inside": _of(Chapter(LECTURE_3, "forward pass activations"), GLOROT),
    "init_lab": _of(Chapter(LECTURE_3, "fixing the initial loss"), KAIMING),
    "backprop": _of(Chapter(LECTURE_4, "exercise 1: the atomic compute graph"), BACKPROP),
    "minitorch": _of(Chapter(MICROGRAD, "the core Value object")),
    "three_forms": _of(Chapter(LECTURE_5, "layers, containers, torch.nn")),
    "runs": _of(Chapter(LECTURE_5, "experimental harness")),
    "search": _of(Chapter(LECTURE_5, "experimental harness"), RANDOM_SEARCH),
    "glossary": _of(None),
    "health": _of(None),
}

# views by the page's name and theirs
VIEWS = {
    "counting/The table": _of(Chapter(LECTURE_1, "smoothing with fake counts")),
    "counting/Counted and neural": _of(Chapter(LECTURE_1, "smoothing as regularization")),
    "counting/Longer contexts": _of(Chapter(LECTURE_1), MACKAY),
    "inside/All layers": _of(Chapter(LECTURE_3, "forward pass activations")),
    "inside/Over time": _of(Chapter(LECTURE_3, "update:data ratio over time")),
    "inside/Layer": _of(Chapter(LECTURE_3, "PyTorch-ifying the code")),
    "inside/Weights": _of(Chapter(LECTURE_3, "parameters and their gradients")),
    "inside/Neurons": _of(Chapter(LECTURE_3, "fixing the saturated tanh")),
    "inside/Attention": _of(Chapter(GPT, "self-attention"), ATTENTION),
    "inside/Fold": _of(Chapter(LECTURE_3, "batch normalization: summary"), BATCH_NORM),
    "backprop/Walk the graph": _of(Chapter(LECTURE_4, "exercise 1: the atomic compute graph")),
    "backprop/Write it yourself": _of(Chapter(LECTURE_4, "exercise 1: the atomic compute graph")),
    "backprop/Compare": _of(Chapter(LECTURE_4, "starter code")),
    "backprop/Short forms": _of(Chapter(LECTURE_4, "exercise 3: batch norm"), BATCH_NORM),
    "backprop/dlogits": _of(Chapter(LECTURE_4, "exercise 2: cross entropy")),
    "backprop/Without backward()": _of(Chapter(LECTURE_4, "exercise 4: putting it all together")),
    "minitorch/One expression": _of(Chapter(MICROGRAD, "a simple expression by hand")),
    "minitorch/The operations": _of(Chapter(MICROGRAD, "the backward function of each operation")),
    "minitorch/A network": _of(Chapter(MICROGRAD, "building out a neural net library")),
    "minitorch/Side by side": _of(Chapter(MICROGRAD, "the same in PyTorch")),
    "search/Sweep": _of(Chapter(LECTURE_5, "experimental harness"), RANDOM_SEARCH),
    "search/Learning rate": _of(Chapter(LECTURE_2, "a good initial learning rate"), RATE_RANGE),
    "next_character/Next": _of(Chapter(LECTURE_1, "the softmax")),
    "next_character/Which letter mattered": _of(None, OCCLUSION),
    "next_character/Attention": _of(Chapter(GPT, "attention as communication"), ATTENTION),
    "next_character/Dice": _of(Chapter(LECTURE_1, "sampling from the model"), HOLTZMAN),
    "next_character/Two models": _of(Chapter(LECTURE_5, "experimental harness")),
    "next_character/Completions": _of(Chapter(LECTURE_2, "sampling from the model")),
    "my_name/yours": _of(Chapter(LECTURE_1, "the negative log likelihood"), SHANNON),
    "my_name/real": _of(Chapter(LECTURE_1, "the negative log likelihood")),
    "my_name/invented": _of(Chapter(LECTURE_2, "splitting into train, val and test")),
    "embeddings/Map": _of(Chapter(LECTURE_2, "visualizing the embeddings"), T_SNE),
    "embeddings/Movie": _of(Chapter(LECTURE_2, "visualizing the embeddings"), T_SNE),
    "embeddings/How honest?": _of(None, DISTILL),
    "compare/Table and curves": _of(Chapter(LECTURE_5, "experimental harness")),
    "compare/Names side by side": _of(Chapter(LECTURE_1, "sampling from the model")),
    "compare/Differences": _of(Chapter(LECTURE_5, "experimental harness")),
    "compare/Family": _of(Chapter(LECTURE_5, "experimental harness")),
}

# panels by the name of their diagnostic or chart
PANELS = {
    "loss": _of(Chapter(LECTURE_1, "the negative log likelihood")),
    "samples": _of(Chapter(LECTURE_1, "sampling from the model")),
    "embedding": _of(Chapter(LECTURE_2, "visualizing the embeddings"), BENGIO),
    "verdicts": _of(Chapter(LECTURE_3, "bringing back batchnorm")),
    "saturation": _of(Chapter(LECTURE_3, "fixing the saturated tanh")),
    "activations": _of(Chapter(LECTURE_3, "forward pass activations"), GLOROT),
    "gradients": _of(Chapter(LECTURE_3, "backward pass gradients"), GLOROT),
    "weights": _of(Chapter(LECTURE_3, "parameters and their gradients")),
    "weight_gradients": _of(Chapter(LECTURE_3, "parameters and their gradients")),
    "update_ratio": _of(Chapter(LECTURE_3, "update:data ratio over time")),
    "gradient_ratio": _of(Chapter(LECTURE_3, "parameters and their gradients")),
    "gradient_norm": _of(None, CLIPPING),
    "symmetry": _of(Chapter(LECTURE_3), BACKPROP),
    "batch_means": _of(Chapter(LECTURE_5, "fixing the batchnorm1d bug"), BATCH_NORM),
    "first_loss": _of(Chapter(LECTURE_3, "fixing the initial loss")),
    "layers": _of(Chapter(LECTURE_3, "fixing the saturated tanh")),
    "gain": _of(Chapter(LECTURE_3, "Kaiming init"), KAIMING),
    "lab_way_back": _of(Chapter(LECTURE_3, "backward pass gradients"), GLOROT),
}

SOURCES = PAGES | VIEWS | PANELS


def in_words(source: Source) -> str:
    """The source as Markdown: `[Lecture 3, 0:12:59](...) · [He et al. 2015](...)`; empty for none."""
    chapter, paper = source.chapter, source.paper
    links = [(chapter.name, chapter.link)] if chapter else []
    links += [(paper.name, paper.link)] if paper else []
    return " · ".join(f"[{name}]({link})" for name, link in links)
