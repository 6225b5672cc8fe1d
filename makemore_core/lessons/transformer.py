"""The Transformer: each character asks those before it what they know. After lecture 7, on names."""

from makemore_core.lectures import GPT, Chapter
from makemore_core.lessons.challenges import beats_table
from makemore_core.lessons.lesson import Challenge, Lesson, Station
from makemore_core.lessons.rules import chosen, drafted, of, trained

TRANSFORMER = Lesson(
    name="transformer",
    title="Characters that ask each other",
    lecture=Chapter(GPT),
    minutes=15,
    goal="Read an attention map, say what a head looks at, and train a small GPT that beats counting.",
    preset="makemore-transformer",
    changes={"model.n_layers": 2, "model.n_embd": 32, "optimizer.learning_rate": 5e-3},
    stations=(
        Station(
            "play",
            "train",
            Chapter(GPT, "the simplest baseline"),
            "The same game, the next character, with the net behind every chatbot: two blocks of it, small enough for "
            "a laptop.",
            "Press **Play**.",
            trained(of("transformer")),
        ),
        Station(
            "map",
            "inside",
            Chapter(GPT, "self-attention"),
            "Each character has a query, what do I look for, and a key, what do I contain. Where both fit, it looks.",
            "On **Inside**, choose **Attention**.",
            chosen("inside", "Attention"),
        ),
        Station(
            "yours",
            "inside",
            Chapter(GPT, "attention as communication"),
            "Rows look at columns, and never to the right: the future is masked.",
            "Type **your own name** in place of emma.",
            lambda now: now.name.strip().lower() not in ("", "emma"),
        ),
        Station(
            "head",
            "inside",
            Chapter(GPT, "multi-headed self-attention"),
            "Several heads, several questions at once: one may look for the last vowel, another just one place back.",
            "Choose **another head**, or another layer.",
            lambda now: any(now.choices.get(name, 1) > 1 for name in ("attention_head", "attention_layer")),
        ),
        Station(
            "expects",
            "next_character",
            Chapter(GPT, "attention as communication"),
            "At each letter that you type: where did it look before it guessed?",
            "On **Next character**, choose **Attention**.",
            chosen("next_character", "Attention"),
        ),
        Station(
            "dice",
            "next_character",
            Chapter(GPT, "the simplest baseline"),
            "A GPT writes like this: a number falls, hits a character, and that becomes the context of the next.",
            "Choose **Dice**.",
            chosen("next_character", "Dice"),
        ),
        Station(
            "one-head",
            "train",
            Chapter(GPT, "multi-headed self-attention"),
            "Are many small heads worth more than a large one? Change that alone, and compare.",
            "On **Train**, under **More**, set **Heads** to 1 or 2.",
            drafted(lambda config: config.model.name == "transformer" and getattr(config.model, "n_head", 4) <= 2),
        ),
        Station(
            "dropout",
            "train",
            Chapter(GPT, "scaling up, with dropout"),
            "A large one learns its names by heart. Dropout silences numbers at random: none can be relied on alone.",
            "Set **Dropout** above **0**.",
            drafted(lambda config: config.model.name == "transformer" and getattr(config.model, "dropout", 0.0) > 0),
        ),
    ),
    challenges=(
        Challenge(
            "attention-beats-counting",
            "Train a Transformer whose val is below the 4-gram's.",
            beats_table("4-gram", of("transformer")),
        ),
    ),
)
