"""Terms of lectures 2 and 3: what a net is made of, and how it begins."""

from makemore_core.glossary import numbers
from makemore_core.glossary.term import Term

L2 = "makemore part 2 (MLP); Bengio et al. 2003"
L3 = "makemore part 3 (activations, gradients, BatchNorm)"
LAYERS = "models.layers:"

TERMS = (
    Term(
        "Context", "The characters before, as many as the model sees: block_size of them.",
        code="layouts:sliding_windows", source=L2, related=("Token", "Embedding"),
        number=numbers.setting("model.block_size", "{} characters"), also=("block_size", "contexts"),
    ),
    Term(
        "Embedding",
        "A vector for each character, learnt like every weight: letters that act alike come to lie together.",
        "C \\in \\mathbb{R}^{V \\times E}", f"{LAYERS}Embedding", L2, ("One-hot", "PCA"), numbers.embedding,
        ("embeddings", "n_embd"),
    ),
    Term(
        "MLP", "A multi-layer perceptron: linear layers with a nonlinearity between.",
        "\\text{logits} = \\tanh(xW_1 + b_1) W_2 + b_2", "models.mlp:MLPConfig", L2, ("Hidden layer", "Linear"),
    ),
    Term(
        "Linear", "A layer that multiplies with a matrix and adds a bias.", "xW + b", f"{LAYERS}Linear", L3,
        ("Weight", "Bias", "Fan-in"),
    ),
    Term(
        "Weight", "A number that is learnt and multiplied with.", code=f"{LAYERS}Linear", source=L2,
        related=("Bias", "Parameter"), number=numbers.deviations("weights"), also=("weights", "weight matrix"),
    ),
    Term(
        "Bias", "A number that is learnt and added.", "b", f"{LAYERS}Linear", L2, ("Weight", "BatchNorm"),
        also=("biases",),
    ),
    Term(
        "Parameter", "Every number that training changes: weights, biases, gains, embeddings.",
        code="models.language_model:LanguageModel.named_parameters", source=L2, related=("Weight",),
        also=("parameters",),
    ),
    Term(
        "Hyperparameter", "A number that training does not change, but we do: here, every knob.",
        code="knobs:Knob", source=L2, related=("Sweep", "Learning rate"), also=("hyperparameters", "knob"),
    ),
    Term(
        "Hidden layer", "The layer between: neither what comes in nor what goes out.",
        code="models.mlp:MLPConfig.build", source=L2, related=("Neuron", "MLP"),
        number=numbers.setting("model.n_hidden", "{} neurons"), also=("hidden layers", "n_hidden"),
    ),
    Term(
        "Neuron", "One column of a layer: a weighted sum of what comes in, bent by a nonlinearity.",
        "h_j = \\tanh\\left(\\sum_i x_i W_{ij} + b_j\\right)", "inspection.neurons:listens_to", L2,
        ("Hidden layer", "Dead neuron"), also=("neurons",),
    ),
    Term(
        "Nonlinearity", "A bend after a linear layer: without it, all layers together would be one matrix.",
        code=f"{LAYERS}Activation", source=L3, related=("Tanh", "ReLU"), also=("activation function",),
    ),
    Term(
        "Activation", "What comes out of a nonlinearity.", code="diagnostics.activations:Activations", source=L3,
        related=("Nonlinearity", "Saturation"), number=numbers.deviations("activations"), also=("activations",),
    ),
    Term(
        "Tanh", "A nonlinearity from -1 to 1; steep around 0, flat at its ends.",
        "\\tanh x = \\frac{e^{2x} - 1}{e^{2x} + 1}, \\quad \\tanh' = 1 - \\tanh^2", f"{LAYERS}Tanh", L2,
        ("Saturation", "Kaiming gain"),
    ),
    Term(
        "ReLU", "Keeps what is positive, cuts the rest to 0; there no gradient gets through.", "\\max(0, x)",
        f"{LAYERS}ReLU", "Nair & Hinton 2010", ("LeakyReLU", "Dead neuron"), also=("relus",),
    ),
    Term(
        "LeakyReLU", "A ReLU that leaves a slope of 0.01 below zero, so that no neuron dies for good.",
        "\\max(0.01\\,x, x)", f"{LAYERS}LeakyReLU", "Maas et al. 2013", ("ReLU",), also=("leaky relu",),
    ),
    Term(
        "GELU", "A ReLU with a soft bend, as GPT-2 has it.",
        "x\\,\\Phi(x)", "models.blocks:GELU", "Hendrycks & Gimpel 2016", ("ReLU", "Transformer"),
    ),
    Term(
        "Saturation",
        "Outputs in the flat tails of a nonlinearity, where no gradient gets through: |t| > 0.97 for tanh.",
        "1 - t^2 < 0.06", "diagnostics.saturation:Saturation", L3, ("Tanh", "Dead neuron", "Kaiming gain"),
        numbers.saturation, ("saturated",),
    ),
    Term(
        "Dead neuron", "A neuron that is flat for every example: it gets no gradient and learns nothing more.",
        code="diagnostics.saturation:dead_neurons", source=L3, related=("Saturation", "ReLU"), number=numbers.dead,
        also=("dead neurons",),
    ),
    Term(
        "Initialisation", "The numbers a net begins with: random, of just the right size.",
        code="models.mlp:MLPConfig.build", source=L3, related=("Kaiming gain", "Fan-in", "Symmetry"),
        also=("initial weights",),
    ),
    Term(
        "Fan-in", "How many numbers come into a neuron: each adds to the spread of their sum.",
        "\\text{std}\\left(\\sum_i x_i w_i\\right) = \\sqrt{\\text{fan-in}}\\;\\text{std}(w)", f"{LAYERS}Linear.scaled",
        L3,
        ("Kaiming gain",), also=("fan_in",),
    ),
    Term(
        "Kaiming gain", "The factor that makes good for what a nonlinearity takes from the spread: 5/3 for tanh.",
        "\\text{std}(W) = \\frac{\\text{gain}}{\\sqrt{\\text{fan-in}}}", "models.mlp:MLPConfig.gain", "He et al. 2015",
        ("Fan-in", "Xavier", "Initialisation"), also=("kaiming", "gain"),
    ),
    Term(
        "Xavier", "Weights scaled by fan-in and fan-out together, so that forward and backward keep their spread.",
        "\\text{std}(W) = \\sqrt{\\frac{2}{\\text{fan-in} + \\text{fan-out}}}", f"{LAYERS}Linear.scaled",
        "Glorot & Bengio 2010", ("Kaiming gain",),
    ),
    Term(
        "Symmetry", "Neurons that start alike and get the same gradient stay one neuron: random weights break it.",
        code="diagnostics.symmetry:Symmetry", source="Rumelhart et al. 1986", related=("Initialisation",),
        number=numbers.scalars("symmetry", "{:.2g}"),
    ),
    Term(
        "BatchNorm",
        "Brings each neuron to mean 0 and deviation 1 over the batch, then scales and shifts it as it learns.",
        "\\gamma \\frac{x - \\mu_B}{\\sqrt{\\sigma_B^2 + \\epsilon}} + \\beta", f"{LAYERS}BatchNorm1d",
        "Ioffe & Szegedy 2015", ("Running mean", "LayerNorm", "Batch"), numbers.scalars("batch_means", "{:.0f}"),
        ("batch normalisation", "batch_norm"),
    ),
    Term(
        "Running mean", "The batches' means, averaged on the way: it stands in for them when one example comes alone.",
        "\\bar\\mu \\leftarrow (1 - m)\\,\\bar\\mu + m\\,\\mu_B", f"{LAYERS}BatchNorm1d.forward",
        "Ioffe & Szegedy 2015",
        ("BatchNorm",), also=("running statistics",),
    ),
    Term(
        "LayerNorm", "Mean 0 and deviation 1 over one example's own numbers: no batch is needed.",
        "\\gamma \\frac{x - \\mu}{\\sqrt{\\sigma^2 + \\epsilon}} + \\beta", "models.blocks:LayerNorm", "Ba et al. 2016",
        ("BatchNorm", "Transformer"),
    ),
    Term(
        "Residual", "A block adds to what came in, so that gradients have a straight way back.", "x + f(x)",
        "models.transformer:Block", "He et al. 2016", ("Transformer", "Gradient"), also=("residuals",),
    ),
    Term(
        "Dropout", "Some outputs are set to 0 by chance while training, so that no neuron can be relied on.",
        "\\frac{m \\odot x}{1 - p}", "models.blocks:Dropout", "Srivastava et al. 2014", ("Regularisation",),
        numbers.setting("model.dropout"),
    ),
)  # fmt: skip
