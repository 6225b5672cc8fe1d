"""Lecture 2: Bengio's MLP, the split, the learning rate by one ramp, and larger nets. Its exercise: beat the loss."""

from makemore_core.lectures import LECTURE_2, Chapter
from makemore_core.lessons.challenges import val_under
from makemore_core.lessons.lesson import Challenge, Lesson, Station
from makemore_core.lessons.rules import chosen, chosen_so, drafted, lowered_the_rate, trained

MLP = Lesson(
    name="lecture2",
    title="A net that reads three characters",
    lecture=Chapter(LECTURE_2),
    minutes=15,
    goal="Train an MLP, judge it on names it has not seen, find its learning rate, and make it better.",
    preset="lecture2-mlp",
    stations=(
        Station(
            "play",
            "train",
            Chapter(LECTURE_2, "the training loop"),
            "Three characters, each a vector of ten numbers, one hidden layer, 27 logits. It knows nothing yet.",
            "Press **Play**, and watch the names.",
            trained(lambda config: config.model.name == "mlp"),
        ),
        Station(
            "split",
            "datasets",
            Chapter(LECTURE_2, "splitting into train, val and test"),
            "A large net could learn its names by heart. So a tenth is kept from it: val says what it is worth.",
            "On **Datasets**, choose **Split**.",
            chosen("data_view", "Split"),
        ),
        Station(
            "ramp",
            "search",
            Chapter(LECTURE_2, "a good initial learning rate"),
            "How large a step? Try all: let each step take a larger rate than the one before, until the loss explodes.",
            "On **Search**, choose **Learning rate**; the ramp climbs by itself.",
            chosen("search", "Learning rate"),
        ),
        Station(
            "rate",
            "search",
            Chapter(LECTURE_2, "a good initial learning rate"),
            "Left of the valley steps are too short to matter, right of it too long. Take a rate from its floor.",
            "Choose one of the **suggestions** under the curve, or drag its line.",
            chosen_so("finder_rate", lambda rate: rate > 0),
        ),
        Station(
            "hidden",
            "train",
            Chapter(LECTURE_2, "a larger hidden layer"),
            "Train and val are about equal: the net is not too large, it is too small. Give it more neurons.",
            "On **Train**, set **Hidden neurons** to **300** or more.",
            drafted(lambda config: getattr(config.model, "n_hidden", 0) >= 300),
        ),
        Station(
            "larger",
            "train",
            Chapter(LECTURE_2, "a larger hidden layer"),
            "A setting of the form is that of the next run. The one that you see stays what it was.",
            "Press **New run**.",
            trained(lambda config: config.model.name == "mlp" and getattr(config.model, "n_hidden", 0) >= 300),
        ),
        Station(
            "decay",
            "train",
            Chapter(LECTURE_2, "a good initial learning rate"),
            "Late in training the steps are too long for what is left to learn. Lower the rate, and the loss drops.",
            "While the run trains, choose a **lower rate** in the bar.",
            lowered_the_rate,
        ),
        Station(
            "letters",
            "embeddings",
            Chapter(LECTURE_2, "visualizing the embeddings"),
            "Nobody told the net what a vowel is. See where it has put a, e, i, o and u, and how they came there.",
            "On **Embeddings**, choose **Movie**.",
            chosen("embeddings", "Movie"),
        ),
        Station(
            "sample",
            "next_character",
            Chapter(LECTURE_2, "sampling from the model"),
            "What would it say after the first letters of your own name?",
            "On **Next character**, type how it begins.",
            chosen_so("prefix", lambda prefix: len(prefix) > 0),
        ),
    ),
    challenges=(
        Challenge("under-2.2", "Reach a val under 2.2 within 60 seconds of training.", val_under(2.2, seconds=60)),
        Challenge("beat-the-loss", "Beat the lecture's own net: a val under 2.17.", val_under(2.17)),
    ),
)
