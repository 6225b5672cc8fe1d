"""Terms of lecture 1: characters, counts, probabilities, and the price of a guess."""

from makemore_core.glossary import numbers
from makemore_core.glossary.term import Term

L1 = "makemore part 1 (bigrams)"

TERMS = (
    Term(
        "Token", "The smallest piece that a model reads and writes; here it is one character.",
        code="vocabulary:Vocabulary.encode", source=L1, related=("Vocabulary", "Boundary"), also=("tokens",),
    ),
    Term(
        "Vocabulary", "All characters that there are, each with a number.", "V = |\\{c\\}| + 1",
        "vocabulary:Vocabulary", L1, ("Token", "One-hot"), numbers.vocabulary,
    ),
    Term(
        "Boundary", "Character number 0, written as a dot: it stands before each name and after it.",
        code="vocabulary:Vocabulary", source=L1, related=("Token", "Context"),
    ),
    Term(
        "Bigram", "Two characters in a row: what follows is guessed from the last character alone.",
        "p(b \\mid a) = \\frac{N_{ab}}{\\sum_c N_{ac}}", "models.bigram:Bigram", L1, ("n-gram", "Smoothing"),
        numbers.yardstick("bigram"), ("bigrams",),
    ),
    Term(
        "n-gram", "n characters in a row, counted: the guess looks at the n - 1 before.",
        "p(x_n \\mid x_1 \\dots x_{n-1}) = \\frac{N(x_1 \\dots x_n)}{N(x_1 \\dots x_{n-1})}", "ngrams:NGram",
        "Shannon 1951", ("Bigram", "Smoothing", "Context"), numbers.yardstick("4-gram"),
        ("n-grams", "4-gram", "trigram"),
    ),
    Term(
        "Count table", "How often each character follows each context: the whole model of a net that only counts.",
        code="models.counting:Counts", source=L1, related=("n-gram", "Smoothing"), also=("count tables",),
    ),
    Term(
        "Smoothing", "A little is added to every count, so that nothing unseen is called impossible.",
        "p(b \\mid a) = \\frac{N_{ab} + \\alpha}{N_a + \\alpha V}", "neural_counts:smoothed", L1,
        ("Regularisation", "Bigram"), numbers.setting("model.alpha", "alpha {}"),
    ),
    Term(
        "One-hot", "A character as a vector of zeros with a single 1: times a matrix it picks a row.",
        "e_i W = W_{i,:}", "models.bigram:Table", L1, ("Embedding", "Vocabulary"), numbers.one_hot,
    ),
    Term(
        "Logits", "The scores that the last layer gives each next character, before softmax; log counts, in a way.",
        "z \\in \\mathbb{R}^V", "models.language_model:LanguageModel.after", L1, ("Softmax", "Temperature"),
        also=("logit",),
    ),
    Term(
        "Softmax", "Turns scores into probabilities: exponentiate, then divide by the sum.",
        "p_i = \\frac{e^{z_i}}{\\sum_j e^{z_j}}", "neural_counts:softmax", L1, ("Logits", "Cross-entropy"),
    ),
    Term(
        "Probability", "The share of the cases in which something comes, between 0 and 1.",
        "\\sum_i p_i = 1", "sampling:probabilities", L1, ("Softmax", "Sampling"), also=("probabilities",),
    ),
    Term(
        "Likelihood",
        "The probability that the model gives to all the names that there are: the product of all guesses.",
        "\\prod_i p(x_i)", "ngrams:NGram.loss", L1, ("Log-likelihood",), numbers.likelihood,
    ),
    Term(
        "Log-likelihood", "The sum of the logarithms of all guesses: products become sums, and nothing underflows.",
        "\\sum_i \\ln p(x_i)", "models.language_model:LanguageModel.nats", L1,
        ("Likelihood", "Negative log-likelihood"),
    ),
    Term(
        "Negative log-likelihood",
        "The mean surprise: 0 for a perfect guess, large where the truth was called unlikely.",
        "-\\frac{1}{n} \\sum_i \\ln p(x_i)", "models.language_model:LanguageModel.mean_nats", L1,
        ("Cross-entropy", "Loss", "Nat"), numbers.val, ("NLL",),
    ),
    Term(
        "Cross-entropy", "The same mean surprise, seen as a distance between the guess and what came.",
        "-\\sum_i y_i \\ln p_i", "models.language_model:LanguageModel.loss", "Shannon 1948",
        ("Negative log-likelihood", "Softmax"), numbers.of_batch,
    ),
    Term(
        "Loss", "The one number that training makes smaller: the mean cross-entropy of the next character.",
        code="models.language_model:LanguageModel.loss", source=L1,
        related=("Cross-entropy", "Blind guess", "Perplexity"), number=numbers.losses, also=("losses",),
    ),
    Term(
        "Nat", "The unit of the loss: the surprise at something of probability 1/e; 1 nat is 1.44 bits.",
        "1\\ \\text{nat} = \\frac{1}{\\ln 2}\\ \\text{bits}", "scoring:bits_of", "Shannon 1948", ("Bit", "Loss"),
        numbers.val, ("nats",),
    ),
    Term(
        "Bit", "The surprise at one of two equally likely things.", "-\\log_2 p", "scoring:NameSurprise",
        "Shannon 1948", ("Nat", "Surprise"), also=("bits",),
    ),
    Term(
        "Surprise", "How little a model expected a letter: -log p, in bits.", "-\\log_2 p(x)", "scoring:surprise",
        "Shannon 1951", ("Bit", "Negative log-likelihood"),
    ),
    Term(
        "Perplexity", "Among how many equally likely characters the model seems to choose.",
        "e^{\\text{loss}}", source="Jelinek et al. 1977", related=("Loss",), number=numbers.perplexity,
    ),
    Term(
        "Blind guess", "All characters equally likely: what a model pays that knows nothing.", "\\ln V",
        "ngrams:yardsticks", L1, ("Loss", "Vocabulary"), numbers.uniform, ("uniform",),
    ),
    Term(
        "Yardstick", "A loss to measure others by: a blind guess, count tables, the best run so far.",
        code="ngrams:yardsticks", source=L1, related=("Blind guess", "Bigram"), also=("yardsticks",),
    ),
)  # fmt: skip
