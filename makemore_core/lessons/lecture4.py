"""Lecture 4: backpropagation by hand, on its own network: the walk, the comparison, the exercise, the training."""

from makemore_core.exercise.progress import Progress
from makemore_core.lectures import LECTURE_4, Chapter
from makemore_core.lessons.challenges import gradients_found
from makemore_core.lessons.lesson import Challenge, Lesson, Rule, Station
from makemore_core.lessons.rules import chosen, chosen_so, drafted, trained


def found(many: int) -> Rule:
    """So many of the 26 gradients were found."""
    return chosen_so("exercise", lambda spelled: len(Progress.read(spelled).found) >= many)


BACKPROP = Lesson(
    name="lecture4",
    title="Backpropagation by hand",
    lecture=Chapter(LECTURE_4),
    minutes=30,
    goal="Derive a gradient for each line of a net, check it against autograd's, and train without backward().",
    preset="lecture4-manual",
    stations=(
        Station(
            "walk",
            "backprop",
            Chapter(LECTURE_4, "starter code"),
            "The whole net, line by line. Forward each line makes a value; back, each value gets its gradient.",
            "On **Backprop**, step through the lines: press an arrow, or click a node of the graph.",
            chosen_so("backprop_graph", lambda line: line > 0),
        ),
        Station(
            "compare",
            "backprop",
            Chapter(LECTURE_4, "starter code"),
            "Backprop is leaky: you want to be sure. The lecture's cmp holds each gradient beside autograd's.",
            "Choose **Compare**.",
            chosen("backprop", "Compare"),
        ),
        Station(
            "first",
            "backprop",
            Chapter(LECTURE_4, "exercise 1: the atomic compute graph"),
            "Your turn. The loss is the mean of -logprobs at the right characters: what does each of them get?",
            "Choose **Write it yourself**, and find **dlogprobs**: -one_hot(y, V) / n.",
            found(1),
        ),
        Station(
            "three",
            "backprop",
            Chapter(LECTURE_4, "exercise 1: the atomic compute graph"),
            "From here on each gradient is the one above times a local derivative. What was used twice adds up.",
            "Find two more: **dprobs** and **dcounts_sum_inv**. A hint is no shame.",
            found(3),
        ),
        Station(
            "short",
            "backprop",
            Chapter(LECTURE_4, "exercise 2: cross entropy"),
            "Eight lines back through the softmax, and on paper they collapse into one: probs minus one-hot, over n.",
            "Choose **Short forms**.",
            chosen("backprop", "Short forms"),
        ),
        Station(
            "pull",
            "backprop",
            Chapter(LECTURE_4, "exercise 2: cross entropy"),
            "Think of it as a pull: the right character is pulled up, all others down, with as much force together.",
            "Choose **dlogits**.",
            chosen("backprop", "dlogits"),
        ),
        Station(
            "by-hand",
            "backprop",
            Chapter(LECTURE_4, "exercise 4: putting it all together"),
            "Now put it all together, and throw loss.backward() away.",
            "Choose **Without backward()**, and press **Train by hand**.",
            drafted(lambda config: config.engine == "by_hand"),
        ),
        Station(
            "trained",
            "backprop",
            Chapter(LECTURE_4, "exercise 4: putting it all together"),
            "Four lines of loop, and a loss whose backward() is yours.",
            "Press **Play**.",
            trained(lambda config: config.engine == "by_hand"),
        ),
    ),
    challenges=(
        Challenge(
            "back-to-the-logits",
            "Find the first eight gradients, from dlogprobs to dlogits, without looking one up.",
            gradients_found("dlogits"),
        ),
    ),
)
