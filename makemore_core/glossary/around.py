"""Terms around a net: drawing names, data and their splits, maps, sweeps, and what this lab keeps of a run."""

from makemore_core.glossary import numbers
from makemore_core.glossary.term import Term

L1 = "makemore part 1 (bigrams)"
L2 = "makemore part 2 (MLP)"

DRAWING = (
    Term(
        "Sampling", "Names are drawn letter by letter: roll the dice on p, append, and ask again, until the dot comes.",
        "x_{t+1} \\sim p(\\cdot \\mid x_1 \\dots x_t)", "sampling:sample", L1, ("Temperature", "Top-k", "Top-p"),
        also=("dice",),
    ),
    Term(
        "Temperature", "Divides the logits before softmax: below 1 it plays safe, above 1 it dares more.",
        "p_i \\propto e^{z_i / T}", "sampling:probabilities", "Ackley et al. 1985", ("Logits", "Sampling"),
        numbers.setting("sampling.temperature"),
    ),
    Term(
        "Top-k", "Only the k likeliest characters may be drawn.", code="sampling:probabilities",
        source="Fan et al. 2018",
        related=("Top-p", "Sampling"), number=numbers.setting("sampling.top_k"),
    ),
    Term(
        "Top-p", "Only the likeliest characters that together hold the share p may be drawn.",
        "\\min n : \\sum_{i \\le n} p_i \\ge p", "sampling:probabilities", "Holtzman et al. 2020",
        ("Top-k", "Sampling"),
        numbers.setting("sampling.top_p"), ("nucleus",),
    ),
    Term(
        "Beam search", "Follows the few likeliest beginnings at once, to find the likeliest names of all.",
        code="inspection.completions:likeliest", source="Lowerre 1976", related=("Sampling",), also=("completions",),
    ),
    Term(
        "Novelty", "The share of the invented names that stand nowhere in the list.", code="novelty:Novelty",
        related=("Overfitting", "Leak"), also=("new names",),
    ),
)  # fmt: skip
DATA = (
    Term(
        "Split", "The words in three parts: train to learn from, val to choose by, test to look at once.",
        code="datasets:DataConfig", source=L2, related=("Leak", "Overfitting"), number=numbers.splits, also=("splits",),
    ),
    Term(
        "Val", "The validation set: words the net does not learn from, by which settings are chosen.",
        code="training.trainer:Trainer.evaluate", source=L2, related=("Split", "Overfitting"), number=numbers.val,
    ),
    Term(
        "Leak", "Words of val that also stand in train: then val is better than it would be on new words.",
        code="lint.checks:leaks", source="424 of 3,203 names of val, in makemore's own split",
        related=("Split", "Overfitting"), number=numbers.leaked, also=("leaks",),
    ),
    Term(
        "Shuffle", "To mix the list before it is split, so that all parts are alike.", code="lint.order:order_test",
        source=L2, related=("Split",), number=numbers.setting("data.shuffles", "{} times"), also=("shuffled",),
    ),
    Term(
        "Lint", "A look at a data set for faults that a net would pay for.", code="lint.checks:lint",
        related=("Leak", "Shuffle"),
    ),
)  # fmt: skip
MAPS = (
    Term(
        "PCA", "Looks at vectors from the side from which they are widest.", "X = U S V^\\top, \\quad X V_{:,1:2}",
        "projections.plane:project", "Pearson 1901", ("Embedding", "t-SNE"),
    ),
    Term(
        "t-SNE", "A map that keeps neighbours together; distances between far groups mean little.",
        code="projections.recipe:Recipe", source="van der Maaten & Hinton 2008", related=("UMAP", "Trustworthiness"),
    ),
    Term(
        "UMAP", "A map of neighbourhoods, quicker than t-SNE, with the same warning.", code="projections.recipe:Recipe",
        source="McInnes et al. 2018", related=("t-SNE", "Trustworthiness"),
    ),
    Term(
        "Procrustes",
        "Turns and mirrors one map onto the one before, so that a movie shows what moved and not what turned.",
        "\\min_R \\lVert A R - B \\rVert, \\; R^\\top R = I", "projections.plane:rotation", "Schönemann 1966",
        ("PCA", "Embedding"),
    ),
    Term(
        "Trustworthiness", "How many neighbours on a map are neighbours in truth; 1 is all.",
        code="projections.neighbourhoods:trustworthiness", source="Venna & Kaski 2001", related=("t-SNE", "UMAP"),
    ),
    Term(
        "Occlusion", "A letter is hidden, and one looks how much the guess suffers: that much it mattered.",
        code="inspection.occlusion:occlusion", source="Zeiler & Fergus 2014", related=("Attention",),
    ),
)  # fmt: skip
RUNS = (
    Term(
        "Sweep", "Many runs with other settings, to find good ones.", code="search.sweep:Sweep",
        source="Bergstra & Bengio 2012",
        related=("TPE", "Pruning", "Hyperparameter"), also=("sweeps",),
    ),
    Term(
        "TPE", "Proposes settings that are likelier among the good trials than among the bad.",
        "\\max_x \\frac{l(x)}{g(x)}", "search.proposals:propose", "Bergstra et al. 2011", ("Sweep",),
    ),
    Term(
        "Pruning", "Stops a trial early that is hopeless beside the others.", code="search.pruning:is_hopeless",
        source="Jamieson & Talwalkar 2016", related=("Sweep",),
    ),
    Term(
        "Learning-rate finder",
        "One short run whose rate grows from step to step: good rates lie where the loss falls steepest.",
        code="search.finder:find", source=f"{L2}; Smith 2017", related=("Learning rate",),
    ),
    Term(
        "Checkpoint", "All that a run needs to go on bit for bit: weights, optimizer, generator and step.",
        code="training.trainer:Trainer.state", related=("Snapshot", "Fork"), also=("checkpoints",),
    ),
    Term(
        "Snapshot", "A run as it was after a step: what the line of time looks back to.",
        code="training.recorder:Snapshot",
        related=("Checkpoint", "Fork"), number=numbers.kept, also=("snapshots",),
    ),
    Term(
        "Fork", "A new run that begins with another one's net, as it was after a step.", code="training.fork:branched",
        related=("Snapshot",), also=("forks",),
    ),
    Term(
        "Early stopping", "To end when val is no better for a while, and keep the best net.",
        code="training.trainer:Trainer.judge", source="Prechelt 1998", related=("Overfitting", "Val"),
        number=numbers.setting("patience", "patience {} steps"), also=("patience",),
    ),
    Term(
        "Eject", "A run as a script of torch alone, which gives the same losses digit for digit.",
        code="eject.ejected:eject_settings", related=("Seed",),
    ),
)  # fmt: skip
