"""Lecture 5: a longer context, fused in pairs as in WaveNet, and the bug of a BatchNorm that forgets positions."""

from makemore_core.lectures import LECTURE_5, Chapter
from makemore_core.lessons.challenges import beats_table
from makemore_core.lessons.lesson import Challenge, Lesson, Station
from makemore_core.lessons.rules import chosen, chosen_so, drafted, of, opened, trained

WAVENET = Lesson(
    name="lecture5",
    title="Fused in pairs: a WaveNet",
    lecture=Chapter(LECTURE_5),
    minutes=15,
    goal="Build a deeper net that fuses its context slowly, follow the shapes, and find a bug that raises no error.",
    preset="lecture5-flat",
    stations=(
        Station(
            "flat",
            "train",
            Chapter(LECTURE_5, "the context grows to 8"),
            "Eight characters instead of three, squashed into one layer at once. Already better, and crude.",
            "Press **Play**.",
            trained(of("wavenet", fuse=8)),
        ),
        Station(
            "pairs",
            "train",
            Chapter(LECTURE_5, "implementing WaveNet"),
            "Too much is squashed too fast. Fuse two characters, then two pairs, then two fours.",
            "Choose the preset **lecture5-hierarchical-bug**, and press **New run**.",
            trained(of("wavenet", fuse=2)),
        ),
        Station(
            "shapes",
            "inside",
            Chapter(LECTURE_5, "implementing WaveNet"),
            "Follow the shapes from layer to layer: eight positions become four, two, one.",
            "On **Inside**, click **batch_norm1** in the row of layers.",
            chosen_so("Layer", lambda layer: layer.startswith("batch_norm")),
        ),
        Station(
            "bug",
            "train",
            Chapter(LECTURE_5, "fixing the batchnorm1d bug"),
            "It trains, no error, and something is wrong: this BatchNorm takes its mean over the batch alone, for each "
            "position apart. Positions are examples too.",
            "On **Train**, under **More**, turn **Norm positions** on.",
            drafted(of("wavenet", fuse=2, norm_positions=True)),
        ),
        Station(
            "fixed",
            "train",
            Chapter(LECTURE_5, "re-training with the fix"),
            "More examples behind each mean, so it is calmer. A little better, for one line.",
            "Press **New run**.",
            trained(of("wavenet", fuse=2, norm_positions=True)),
        ),
        Station(
            "beside",
            "runs",
            Chapter(LECTURE_5, "experimental harness"),
            "Three runs, and a memory that fails. Write down what differs, or let the lab do it.",
            "On **Runs**, choose **Differences**.",
            chosen("compare", "Differences"),
        ),
        Station(
            "mattered",
            "next_character",
            Chapter(LECTURE_5, "overview: WaveNet"),
            "Does it look at all eight? Put something else in the place of each letter, and see what that changes.",
            "On **Next character**, choose **Which letter mattered**.",
            chosen("next_character", "Which letter mattered"),
        ),
        Station(
            "modules",
            "three_forms",
            Chapter(LECTURE_5, "torch.nn"),
            "Linear, BatchNorm1d, Tanh: what you have built by hand is torch.nn, name by name.",
            "Open **Three forms**.",
            opened("three_forms"),
        ),
    ),
    challenges=(
        Challenge(
            "beat-the-4-gram",
            "Beat the 4-gram: a WaveNet whose val is below that of counting three characters.",
            beats_table("4-gram", of("wavenet")),
        ),
    ),
)
