"""Runs that are broken on purpose: one fault each, which a diagnostic names and a few settings cure.

The faults are the lectures' own, or those of the projects after them. All are over in a few seconds.
"""

from dataclasses import replace

from makemore_core.config import RunConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.optimizers import AdamConfig, SGDConfig
from makemore_core.presets.lectures import LECTURE_3, LECTURE_5, NAMES
from makemore_core.presets.preset import Preset
from makemore_core.presets.sickness import Sickness
from makemore_core.schedules import ConstantConfig

STEPS = 2_000

SICK = (
    Preset(
        "sick-saturated-tanh",
        "Three tanh layers that work, and hardly learn.",
        f"{LECTURE_3}, fixing the saturated tanh",
        RunConfig(
            NAMES,
            DeepMLPConfig(n_layers=3, batch_norm=False, bias=True, gain=5.0),
            schedule=ConstantConfig(),
            max_steps=STEPS,
        ),
        sickness=Sickness(
            "Look at Saturation, and at where the bars of Activations stand.",
            {
                "Activations": "Most outputs stand at the two ends, -1 and 1.",
                "Saturation": "The map is bright in two of three places, from the first step on.",
                "Loss": "It falls, and more slowly than it could.",
            },
            "saturation",
            "is saturated (|t| > 0.97)",
            {"model.gain": 1.67},
            "The slope of tanh is 1 - t²: at |t| = 0.97 it is 0.06, and the gradient ends there. Weights of (5/3) / "
            "sqrt(fan_in) keep the inputs of a tanh where it is steep.",
        ),
    ),
    Preset(
        "sick-dead-relu",
        "Three ReLU layers, and after a while nothing moves any more.",
        f"{LECTURE_3}, dead neurons",
        RunConfig(
            NAMES,
            DeepMLPConfig(n_layers=3, batch_norm=False, activation="relu", gain=2**0.5),
            SGDConfig(3.0),
            ConstantConfig(),
            max_steps=STEPS,
            clip=5.0,  # it dies, and stays a number
        ),
        sickness=Sickness(
            "Look at the loss: at which number does it stop? Then ask Inside which neurons still answer.",
            {
                "Loss": "It jumps, then stands at 3.296 = ln 27: the net guesses blindly, for good.",
                "Saturation": "Whole columns are bright: neurons that are 0 for every name.",
                "Gradients": "None is left below the dead layer.",
            },
            "saturation",
            "neurons are flat for the whole batch",
            {"model.batch_norm": True},
            "One step was so long that the neurons' inputs fell below 0 for every name. There a ReLU passes no "
            "gradient, so nothing brings them back. BatchNorm puts the inputs around 0 at each step, at any rate.",
            shows_at=200,
        ),
    ),
    Preset(
        "sick-confident-softmax",
        "A net that is sure of everything before it has seen anything.",
        f"{LECTURE_3}, fixing the initial loss",
        RunConfig(
            NAMES, MLPConfig(output_scale=1.0, output_bias_scale=1.0), schedule=ConstantConfig(), max_steps=STEPS
        ),
        sickness=Sickness(
            "Look at where the loss begins, and what a blind guess would cost.",
            {
                "Loss": "It begins far above ln 27 = 3.30 and falls like a hockey stick.",
                "Names it invents": "At step 0 the same few letters come again and again.",
            },
            "loss",
            "the net is confidently wrong",
            {"model.output_scale": 0.01, "model.output_bias_scale": 0.0},
            "Large output weights make large logits, and softmax turns them into certainty: -log p is huge where the "
            "net is wrong. With small ones it begins unsure, and no step is spent on unlearning.",
        ),
    ),
    Preset(
        "sick-exploding-rate",
        "The learning rate is two hundred times too high.",
        "makemore part 2 (MLP), finding a learning rate",
        RunConfig(NAMES, MLPConfig(), SGDConfig(20.0), ConstantConfig(), max_steps=STEPS),
        sickness=Sickness(
            "Look at the first steps of the loss, and at how wide the weights have become.",
            {
                "Loss": "It leaps to a hundred times of what it was, and stays there.",
                "Weights": "Their numbers are hundreds wide; they began below 1.",
                "Saturation": "Every tanh is at its end: the long steps have pushed it there.",
            },
            "weights",
            "they have run off",
            {"optimizer.learning_rate": 0.1},
            "A gradient tells the slope here, not far away: a step that is too long lands where the loss is higher, "
            "and the next gradient is larger still. A step should move the weights by about 1/1000 of their size.",
            shows_at=200,
        ),
    ),
    Preset(
        "sick-all-zero",
        "All weights begin at 0, as tidy as can be.",
        f"{LECTURE_3}, exercise E01; Rumelhart et al. 1986, symmetry breaking",
        RunConfig(
            NAMES,
            MLPConfig(hidden_scale=0.0, hidden_bias_scale=0.0, output_scale=0.0),
            schedule=ConstantConfig(),
            max_steps=STEPS,
        ),
        sickness=Sickness(
            "Look at the loss: it falls, but to where? Then see what Activations and Gradients show.",
            {
                "Loss": "It falls to about 2.8 and no further: the output's bias learns how frequent a letter is.",
                "Activations": "All are 0, for every name.",
                "Gradients": "All are 0: nothing reaches the hidden layer or the embedding.",
            },
            "symmetry",
            "are alike and get the same gradient",
            {"model.hidden_scale": 1.0, "model.hidden_bias_scale": 0.01, "model.output_scale": 0.01},
            "Each weight's gradient is a product with another weight or activation, and all of them are 0. Random "
            "weights make each neuron another one, so that each has something of its own to learn.",
        ),
    ),
    Preset(
        "sick-batchnorm-dims",
        "Lecture 5's net in pairs: it trains, and a bug makes it no better than it has to be.",
        f"{LECTURE_5}, fixing the bug of BatchNorm1d",
        RunConfig(
            NAMES,
            WaveNetConfig(n_hidden=68, n_embd=10, norm_positions=False),
            schedule=ConstantConfig(),
            batch_size=4,
            max_steps=STEPS,
            seed=42,
        ),
        sickness=Sickness(
            "Nothing crashes. Look at what Inside says of batch_norm1: how many means does a neuron have?",
            {
                "Loss": "It falls, and stays above that of the same net without the bug.",
                "Layer": "batch_norm1 tracks 4 means for each neuron where one would do.",
            },
            "batch_means",
            "it is normalised over dim 0 alone",
            {"model.norm_positions": True},
            "The input is (B, T, H). A mean over dim 0 rests on B numbers, over dims (0, 1) on B·T: four times as many "
            "here, so the estimates are calmer, and the positions share what they learn.",
        ),
    ),
    Preset(
        "sick-unshuffled",
        "A healthy net on a list that nobody has shuffled.",
        "seed 004, whose words were not shuffled",
        RunConfig(replace(NAMES, shuffles=0), MLPConfig(), schedule=ConstantConfig(), max_steps=STEPS),
        sickness=Sickness(
            "Look at the gap between train and val: is it there from the beginning?",
            {
                "Loss": "Val stays .2 above train from the first hundred steps on: that is no overfitting.",
                "Datasets": "Girls' names come first in the list, then boys': val and test are rare boys' names.",
            },
            "order",
            "The end of the list is not like its beginning",
            {"data.shuffles": 1},
            "Val should ask what train has taught. Cut from a sorted list it asks something else: shuffled first, both "
            "are drawn from the same names.",
        ),
    ),
    Preset(
        "sick-leak",
        "A small list, repeated before it was split: val is better than anything that was ever published.",
        "after the 424 names of val that also stand in train, in makemore's own split",
        RunConfig(
            replace(NAMES, most_words=1_000, copies=4),
            MLPConfig(n_hidden=300, n_embd=16, block_size=8),
            AdamConfig(0.005),
            ConstantConfig(),
            batch_size=128,
            max_steps=STEPS,
        ),
        sickness=Sickness(
            "Val falls as far as train. Too good to be true? Look at the names it invents: how many are new?",
            {
                "Loss": "Val falls to about 1.3; the best published net of the lectures comes to 1.99.",
                "Names it invents": "About half are plain: copied from the list.",
                "Datasets": "Nearly all words of val also stand in train.",
            },
            "leaks",
            "also stand in train",
            {"data.copies": 0},
            "Val is worth something only while the net has not seen it. With each word once the truth comes out: train "
            "still falls, val turns and climbs. The net knows the list by heart, and that is called overfitting.",
        ),
    ),
)
