"""Lecture 3: the first loss, saturated tanhs, initialisation, BatchNorm, update:data.

Both of its exercises are stations: all weights zero, and BatchNorm folded into the Linear before it.
"""

from makemore_core.config import RunConfig
from makemore_core.lectures import LECTURE_3, Chapter
from makemore_core.lessons.challenges import first_loss_within, no_layer_saturated, that_learns
from makemore_core.lessons.lesson import Challenge, Lesson, Station
from makemore_core.lessons.rules import chosen, trained, tried

ZEROS = ("hidden_scale", "hidden_bias_scale", "output_scale", "output_bias_scale")


def all_zero(config: RunConfig) -> bool:
    """Whether an MLP's layers begin with nothing but zeros."""
    return config.model.name == "mlp" and not any(getattr(config.model, name, 1.0) for name in ZEROS)


HEALTH = Lesson(
    name="lecture3",
    title="How a net begins, and stays well",
    lecture=Chapter(LECTURE_3),
    minutes=20,
    goal="Tell from the first loss and from four pictures whether a net can learn, and cure it if not.",
    preset="lecture3-original",
    stations=(
        Station(
            "first-step",
            "train",
            Chapter(LECTURE_3, "fixing the initial loss"),
            "A net that knows nothing should say so: 27 characters, each as likely, cost ln 27 = 3.30. This one?",
            "Press **Step**, and read the first loss under *Published*.",
            trained(lambda config: True),
        ),
        Station(
            "output",
            "init_lab",
            Chapter(LECTURE_3, "fixing the initial loss"),
            "27 is nine times that price: confidently wrong. Its first thousand steps will only squash the logits. "
            "Squash them now.",
            "In the **Init lab**, drag **Scale of the output layer** to **.02** or less.",
            tried(lambda config: config.model.name == "mlp" and getattr(config.model, "output_scale", 1.0) <= 0.02),
        ),
        Station(
            "tails",
            "init_lab",
            Chapter(LECTURE_3, "fixing the saturated tanh"),
            "The loss is right and the net is still sick: most tanhs sit at -1 or 1, where no gradient gets through.",
            "Drag **Scale of the hidden weights** to **.3** or less, and watch the histogram.",
            tried(lambda config: config.model.name == "mlp" and 0 < getattr(config.model, "hidden_scale", 1.0) <= 0.3),
        ),
        Station(
            "kaiming",
            "init_lab",
            Chapter(LECTURE_3, "Kaiming init"),
            "That number need not be magic: (5/3) / sqrt(fan_in) keeps the spread, however wide the layer is.",
            "Under *Begin with*, choose **W1\\*(5/3)/sqrt(30)**.",
            tried(lambda config: getattr(config.model, "kaiming", False)),
        ),
        Station(
            "batch-norm",
            "init_lab",
            Chapter(LECTURE_3, "batch normalization"),
            "Or do not hope for a spread at all. BatchNorm sets it at every step, over the batch.",
            "Under *Begin with*, choose **and BatchNorm**.",
            tried(lambda config: config.model.name == "mlp" and config.model.normalises_batch),
        ),
        Station(
            "train-it",
            "init_lab",
            Chapter(LECTURE_3, "batch normalization"),
            "Does it learn better? There is one way to know.",
            "Press **Train this**, then **Play**.",
            trained(lambda config: config.model.name == "mlp" and config.model.normalises_batch),
        ),
        Station(
            "update-data",
            "inside",
            Chapter(LECTURE_3, "update:data ratio over time"),
            "How large is a step beside the weights that it moves? About a thousandth is healthy: 10 to the -3.",
            "On **Inside**, choose **Over time**, and find the ratio of each layer.",
            chosen("inside", "Over time"),
        ),
        Station(
            "fold",
            "inside",
            Chapter(LECTURE_3, "batch normalization: summary"),
            "The second exercise: in the end BatchNorm is a factor and a shift, so the Linear before it can take both.",
            "Choose **Fold**, and compare the logits before and after.",
            chosen("inside", "Fold"),
        ),
        Station(
            "zeros",
            "init_lab",
            Chapter(LECTURE_3),
            "The first exercise: let all weights and biases begin at zero. The first loss is perfect. So all is well?",
            "In the **Init lab**, choose **all 0** under *Begin with*.",
            tried(all_zero),
        ),
        Station(
            "zeros-trained",
            "init_lab",
            Chapter(LECTURE_3),
            "Train it, and look which part learns: only the last bias moves. The net comes to know how frequent each "
            "character is, and nothing else.",
            "Press **Train this**, then **Play**, for 1,000 steps.",
            trained(all_zero, steps=1_000),
        ),
    ),
    challenges=(
        Challenge(
            "first-loss",
            "Train past the bigram from a first loss within .03 of a blind guess's.",
            that_learns(first_loss_within(0.03)),
        ),
        Challenge(
            "no-saturation",
            "Train past the bigram, with no layer saturated after 1,000 steps or more.",
            that_learns(no_layer_saturated()),
        ),
    ),
)
