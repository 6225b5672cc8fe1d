"""The section of the data: reading the file, the alphabet, the split, and the examples."""

from makemore_core.datasets import MAKEMORE_SEED, MAKEMORE_TEST_WORDS, DataConfig
from makemore_core.eject.lecture import read, sequences, windows
from makemore_core.eject.part import ModelPart, Part, block, source
from makemore_core.eject.subject import Subject

VOCABULARY = """itos = [{}, *sorted({})]  # number 0 {}
stoi = {{s: i for i, s in enumerate(itos)}}
vocab_size = len(itos)"""
OF_WORDS = "is the boundary after each name"
OF_TEXT = "is the line's end"
PADDED = (
    "A name is one row, as in makemore.py: at each of its places the next character is predicted; rows are padded to "
    "the same length, and the padding counts for nothing."
)
WINDOWS = (
    "Every character is an example, as in makemore part 2: the context is the last block_size characters, and the "
    "target is the one that follows. Number 0 stands before a name and after it."
)
TEXT_ROWS = (
    "A running text, as in lecture 7: from every place where one can start, a row of block_size characters, and at "
    "each of them the next one is to be predicted."
)
TEXT_WINDOWS = (
    "Every character of a running text is an example: the last block_size characters, and the one that follows."
)
MAKEMORE_SPLIT = "# makemore.py's split: {} words, drawn with a seed of their own, are kept for the test"


def data(subject: Subject, model: ModelPart) -> Part:
    """Reading the file, the alphabet, the split, and the examples."""
    words = (
        (TEXT_ROWS if model.over_sequences else TEXT_WINDOWS)
        if subject.dataset.is_text
        else (PADDED if model.over_sequences else WINDOWS)
    )
    return Part(
        "The data",
        words,
        (
            source(read.read),
            _reading(subject),
            *_builders(subject, model),
            'X, Y = build_dataset(splits["train"])\nprint(f"{len(X):,} examples")',
        ),
    )


def _reading(subject: Subject) -> str:
    """From the file to the splits."""
    comment = f"# the data set {subject.dataset.name!r}"
    if subject.dataset.is_text:
        return block(
            comment,
            "text = read(data_file, data_sha256)",
            VOCABULARY.format(r'"\n"', r'set(text) - {"\n"}', OF_TEXT),
            *_split_of_text(subject),
        )
    boundary = _quoted(subject.dataset.vocabulary.boundary)
    return block(
        comment,
        r'words = [word for word in read(data_file, data_sha256).split("\n") if word]',
        VOCABULARY.format(boundary, 'set("".join(words))', OF_WORDS),
        *_chosen(subject.config.data),
        *WORD_SPLITS[subject.config.data.split](subject.config.data, len(subject.dataset.words)),
    )


def _chosen(data: DataConfig) -> tuple[str, ...]:
    """Fewer words than the file has, or more."""
    first = (f"words = words[:{data.most_words}]",) if data.most_words else ()
    repeated = {
        0: ("words = list(dict.fromkeys(words))  # each word once",),
        1: (),
    }.get(data.copies, (f"words = words * {data.copies}  # before the split, so val holds words of train",))
    return first + repeated


def _quoted(character: str) -> str:
    """As a formatter writes it."""
    return '"' + repr(character)[1:-1] + '"'


def _split_of_text(subject: Subject) -> tuple[str, ...]:
    if subject.config.data.split == "whole":
        return ('splits = {"train": text}  # val and test are the same text',)
    return (
        "n = int(0.9 * len(text))",
        'splits = {"train": text[:n], "val": text[n:]}  # test is val',
    )


def _lectures(data: DataConfig, n: int) -> tuple[str, ...]:
    shuffle = f"random.Random({data.split_seed}).shuffle(words)"
    shuffles = {
        0: ("# never shuffled: the split follows the order of the list",),
        1: (shuffle,),
    }.get(data.shuffles, (f"for _ in range({data.shuffles}):  # the cell was run so often", f"    {shuffle}"))
    first, second = (_cut(share, n) for share in (data.train_share, data.train_share + data.val_share))
    return (
        *shuffles,
        f"n1, n2 = {first}, {second}",
        'splits = {"train": words[:n1], "val": words[n1:n2], "test": words[n2:]}',
    )


def _cut(share: float, n: int) -> str:
    """The number of words in a share of them, written as the lecture does where that gives the same."""
    wanted, short = int(round(share * n, 6)), float(f"{share:.6g}")
    return f"int({short} * len(words))" if int(short * n) == wanted else f"{wanted}"


def _makemore(data: DataConfig, n: int) -> tuple[str, ...]:
    held = min(MAKEMORE_TEST_WORDS, int(n * 0.1))
    return (
        MAKEMORE_SPLIT.format(f"{held:,}"),
        f"order = torch.randperm(len(words), generator=torch.Generator().manual_seed({MAKEMORE_SEED})).tolist()",
        "words = [words[i] for i in order]",
        f'splits = {{"train": words[:-{held}], "test": words[-{held}:]}}  # val is test',
    )


def _whole(data: DataConfig, n: int) -> tuple[str, ...]:
    return ('splits = {"train": words}  # val and test are the same words',)


WORD_SPLITS = {"lectures": _lectures, "makemore": _makemore, "whole": _whole}


def _builders(subject: Subject, model: ModelPart) -> tuple[str, ...]:
    """The functions that make examples."""
    if subject.dataset.is_text and model.over_sequences:
        return source(sequences.encode), source(sequences.build_dataset_of_text, name="build_dataset")
    if subject.dataset.is_text:
        return (source(windows.build_dataset_of_text, name="build_dataset"),)
    if not model.over_sequences:
        return (source(windows.build_dataset, model.fixes),)
    long = max(map(len, subject.dataset.words)) + 1 > subject.config.model.block_size
    return (source(sequences.build_dataset_of_long_words if long else sequences.build_dataset, name="build_dataset"),)
