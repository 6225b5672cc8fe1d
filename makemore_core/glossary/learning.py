"""Terms of how a net learns: steps, gradients, rates, and the signs by which one sees that all is well."""

from makemore_core.glossary import numbers
from makemore_core.glossary.term import Term

L2 = "makemore part 2 (MLP)"
L3 = "makemore part 3 (activations, gradients, BatchNorm)"
L4 = "makemore part 4 (becoming a backprop ninja)"
MICROGRAD = "the spelled-out intro to neural networks and backpropagation (micrograd)"

TERMS = (
    Term(
        "Step", "One batch, one gradient, one update; we never call it an epoch or an iteration.",
        code="training.trainer:Trainer.step", source=L2, related=("Batch", "Epoch"), number=numbers.step,
        also=("steps",),
    ),
    Term(
        "Batch", "The examples of one step, drawn at random: enough of them to know roughly where it goes down.",
        code="training.trainer:Trainer.batch", source=L2, related=("Step", "SGD"),
        number=numbers.setting("batch_size", "{} examples"), also=("mini-batch", "batches"),
    ),
    Term(
        "Epoch", "Once through all of train. With batches drawn by chance nobody counts it, so we count steps.",
        "\\frac{\\text{steps} \\cdot B}{|\\text{train}|}", "training.trainer:draw", related=("Step", "Batch"),
        number=numbers.epochs, also=("epochs",),
    ),
    Term(
        "Gradient", "The slope of the loss in every parameter: where up is. A step goes the other way.",
        "\\frac{\\partial L}{\\partial w}", "diagnostics.gradients:Gradients", MICROGRAD,
        ("Backpropagation", "Gradient norm"), numbers.scalars("gradient_norm"), ("gradients",),
    ),
    Term(
        "Chain rule", "The slope of one thing inside another is the product of both slopes.",
        "\\frac{dL}{dx} = \\frac{dL}{dy} \\frac{dy}{dx}", "minitorch.tensor:Tensor.backward", MICROGRAD,
        ("Backpropagation",),
    ),
    Term(
        "Backpropagation", "The chain rule, applied from the loss back to every parameter, each line once.",
        code="backprop.long_form:LongForm", source="Rumelhart et al. 1986", related=("Chain rule", "Autograd"),
        also=("backprop", "backward pass"),
    ),
    Term(
        "Autograd", "A library that remembers what was computed, and walks it backwards by itself.",
        code="minitorch.tensor:Tensor", source=MICROGRAD, related=("Backpropagation", "Gradcheck"),
    ),
    Term(
        "Gradcheck", "A gradient found by hand beside autograd's, or beside a tiny change of the input.",
        "\\frac{L(w + h) - L(w - h)}{2h}", "gradcheck:gradcheck", L4, ("Autograd", "Backpropagation"),
    ),
    Term(
        "Gradient norm", "The length of all gradients together; a jump is a cliff of the loss.",
        "\\lVert g \\rVert_2", "diagnostics.gradient_norm:GradientNorm", "Pascanu et al. 2013",
        ("Gradient", "Clipping"), numbers.scalars("gradient_norm"),
    ),
    Term(
        "Clipping", "A gradient longer than a limit is shortened to it, so that no cliff throws the net away.",
        "g \\leftarrow g \\cdot \\min\\left(1, \\frac{c}{\\lVert g \\rVert}\\right)", "clipping:clip_gradients",
        "Pascanu et al. 2013", ("Gradient norm",), numbers.setting("clip"), ("clip",),
    ),
    Term(
        "Learning rate",
        "How far a step goes against the gradient: too far, and the loss explodes; too little, and it crawls.",
        "w \\leftarrow w - \\eta\\,g", "optimizers:SGD", L2, ("Schedule", "Update:data ratio"), numbers.rate, ("rate",),
    ),
    Term(
        "Schedule", "How the learning rate moves over the steps.", "\\eta_t = \\eta \\cdot f(t)",
        "schedules:ScheduleConfig.factor", L2, ("Learning rate", "Warm-up"), numbers.choice("schedule"),
    ),
    Term(
        "Warm-up", "The first steps with a smaller rate, until the optimizer's averages mean something.",
        "\\eta\\,\\frac{t + 1}{n + 1}", "schedules:warmed_up", "Goyal et al. 2017", ("Schedule",),
        numbers.setting("schedule.warm_up", "{} steps"),
    ),
    Term(
        "SGD", "Stochastic gradient descent: a step against the gradient of a batch.", "w \\leftarrow w - \\eta\\,g",
        "optimizers:SGD", "Robbins & Monro 1951", ("Batch", "Momentum", "Adam"), numbers.choice("optimizer"),
    ),
    Term(
        "Momentum", "The step follows a running mean of the gradients, as a heavy ball would.",
        "v \\leftarrow \\mu v + g, \\quad w \\leftarrow w - \\eta\\,v", "optimizers:Momentum", "Polyak 1964",
        ("SGD", "Adam"), numbers.setting("optimizer.momentum"),
    ),
    Term(
        "Adam", "Momentum, divided by the gradient's usual size: every parameter moves at its own pace.",
        "w \\leftarrow w - \\eta\\,\\frac{\\hat m}{\\sqrt{\\hat v} + \\epsilon}", "optimizers:Adam", "Kingma & Ba 2015",
        ("SGD", "Momentum"), numbers.choice("optimizer"), ("AdamW",),
    ),
    Term(
        "Regularisation", "Anything that keeps a net from fitting its examples too closely.",
        code="models.bigram:Bigram.loss",
        source="makemore part 1 (bigrams)", related=("Weight decay", "Smoothing", "Dropout"), also=("regularization",),
    ),
    Term(
        "Weight decay", "Pulls all weights towards 0 at every step.", "g \\leftarrow g + \\lambda w",
        "optimizers:Optimizer.decay", "Krogh & Hertz 1992; Loshchilov & Hutter 2019", ("Regularisation", "Smoothing"),
        numbers.setting("optimizer.weight_decay"),
    ),
    Term(
        "Update:data ratio", "How far a step moves a matrix for its size; near 1/1000 is a good pace.",
        "\\frac{\\text{std}(\\Delta W)}{\\text{std}(W)}", "diagnostics.update_ratio:UpdateRatio", L3,
        ("Learning rate", "Gradient"), numbers.scalars("update_ratio"), ("update:data", "update : data"),
    ),
    Term(
        "Histogram", "How many numbers fall into each of many narrow ranges: a picture of a spread.",
        code="diagnostics.reading:histogram", source=L3, related=("Activation", "Gradient"), also=("histograms",),
    ),
    Term(
        "Divergence", "The loss runs off, or is no number any more: the steps were too long.",
        code="training.divergence:explain", source=L2, related=("Learning rate", "Checkpoint"), also=("diverged",),
    ),
    Term(
        "Overfitting", "Train goes on falling and val does not: the net learns its examples by heart.",
        "L_\\text{val} - L_\\text{train}", source=L2, related=("Split", "Regularisation", "Leak"), number=numbers.gap,
    ),
    Term(
        "Seed", "The number from which all chance of a run comes: the same seed gives the same run, bit for bit.",
        code="training.trainer:Trainer", source="makemore part 1 (bigrams)", related=("Sampling", "Initialisation"),
        number=numbers.setting("seed"), also=("seeds",),
    ),
    Term(
        "Engine", "The way in which a step's gradients are computed: by torch, by hand, by minitorch, or compiled.",
        code="engines.engine:Engine", source=L4, related=("Autograd", "Backpropagation"),
        number=numbers.setting("engine"),
    ),
)  # fmt: skip
