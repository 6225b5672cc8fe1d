"""Lecture 1: counting what follows what, smoothing, and the neural bigram that learns the same table.

Two of its exercises are stations: the trigram, and smoothing tuned on val.
"""

from makemore_core.lectures import LECTURE_1, Chapter
from makemore_core.lessons.challenges import near_the_counts
from makemore_core.lessons.lesson import Challenge, Lesson, Station
from makemore_core.lessons.rules import chosen, chosen_so, of, trained, tuned_on_val

COUNTING = Lesson(
    name="lecture1",
    title="Counting what follows what",
    lecture=Chapter(LECTURE_1),
    minutes=10,
    goal="Read a table of counts, smooth it, measure it in nats, and see a net find the same table by gradients.",
    preset="counting-bigram",
    stations=(
        Station(
            "data",
            "datasets",
            Chapter(LECTURE_1, "exploring the dataset"),
            "Before any model, look at the data: short words, a to z, how many there are. And what is wrong with them?",
            "On **Datasets**, choose **Lint**.",
            chosen("data_view", "Lint"),
        ),
        Station(
            "pair",
            "counting",
            Chapter(LECTURE_1, "visualizing the bigram tensor"),
            "Each cell counts how often one character follows another. Some rows are decided: after q comes u.",
            "On **Counting**, choose **q** in the field *then*, or click a cell of its row.",
            chosen("count_row", "q"),
        ),
        Station(
            "probabilities",
            "counting",
            Chapter(LECTURE_1, "vectorized normalization of the rows"),
            "Counts are no predictions yet. Divide each row by its sum, and it says how likely each next character is.",
            "Let the cells show **Probabilities**.",
            chosen("count_shows", "Probabilities"),
        ),
        Station(
            "infinite",
            "counting",
            Chapter(LECTURE_1, "the negative log likelihood"),
            "The loss is the mean of -log p. If a pair of val never stood in train, its p is 0, and the loss infinite.",
            "Drag **alpha** all the way to **0**, and read the loss.",
            chosen("count_alpha", 0.0),
        ),
        Station(
            "drowned",
            "counting",
            Chapter(LECTURE_1, "smoothing with fake counts"),
            "Add a fake count to each pair, and nothing is impossible. Add too many, and all that was counted drowns.",
            "Drag **alpha** to **1,000** or more.",
            chosen_so("count_alpha", lambda alpha: alpha >= 1_000),
        ),
        Station(
            "trigram",
            "counting",
            Chapter(LECTURE_1),
            "The lecture's first exercise: let two characters predict the third. The same table, one context longer.",
            "Type one letter into **Context begins with**, such as **m**.",
            chosen_so("count_prefix", lambda prefix: len(prefix) == 1),
        ),
        Station(
            "tuned",
            "counting",
            Chapter(LECTURE_1),
            "Its third exercise: tune the smoothing on val. Train always likes less; val is where you find out.",
            "With one letter in the context, drag **alpha** to where the trigram's **val** is lowest.",
            tuned_on_val,
        ),
        Station(
            "neural",
            "counting",
            Chapter(LECTURE_1, "the neural network approach"),
            "Now without counting: one layer of logits, a softmax, and gradients that lower the same loss.",
            "Choose the view **Counted and neural**, then press **Train the neural bigram**.",
            trained(of("bigram")),
        ),
        Station(
            "longer",
            "counting",
            Chapter(LECTURE_1),
            "The net came to the counts, for there is nothing more in one character. Longer contexts know more, "
            "until their tables are empty.",
            "Choose the view **Longer contexts**.",
            chosen("counting", "Longer contexts"),
        ),
    ),
    challenges=(
        Challenge(
            "same-table",
            "Train a neural bigram until its val is within .005 nats of counting's.",
            near_the_counts(0.005),
        ),
    ),
)
