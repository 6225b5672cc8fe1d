"""Every panel as a term: those of diagnostics from the diagnostics themselves, the others in one sentence each."""

from collections.abc import Mapping

from makemore_core.diagnostics import DIAGNOSTICS
from makemore_core.diagnostics.diagnostic import AnyDiagnostic
from makemore_core.glossary import numbers
from makemore_core.glossary.term import Number, Term, slug_of

OF_DIAGNOSTICS: Mapping[str, Number] = {
    "loss": numbers.of_batch,
    "saturation": numbers.saturation,
    "activations": numbers.deviations("activations"),
    "gradients": numbers.deviations("gradients"),
    "weights": numbers.deviations("weights"),
    "weight_gradients": numbers.deviations("weight_gradients"),
    **{name: numbers.scalars(name) for name in ("update_ratio", "gradient_ratio", "gradient_norm", "symmetry")},
    "batch_means": numbers.scalars("batch_means", "{:.0f}"),
}

OTHERS: Mapping[str, tuple[str, str]] = {
    "Train · Loss over the steps": (
        "The batch losses as a ghost with a calm line, val on top, and the yardsticks to beat.", "loss:loss_figure"),
    "Inside · Over time": (
        "A layer's histogram at each kept step, one ridge behind the other, the newest darkest.",
        "over_time:ridges_over_time"),
    "Inside · Weights": ("A matrix as it is: blue below 0, orange above.", "weights:matrix_figure"),
    "Inside · What a neuron says": (
        "How strongly a neuron answers over the steps, and what fires it most.", "neurons:says_figure"),
    "Inside · What if": ("How much the loss suffers where a neuron is silent.", "neurons:importance_figure"),
    "Inside · Attention": ("Who looks where, head by head: each row is a character that asks.",
        "attention:heads_figure"),
    "Init lab · First loss": (
        "The loss before the first step, beside the price of a blind guess.", "initialisation:first_loss_figure"),
    "Init lab · Layers": ("How the spread goes through the layers as they are drawn.", "initialisation:layers_figure"),
    "Init lab · Gain": ("How the share of saturated outputs follows the gain.", "initialisation:gain_figure"),
    "Embeddings · Map": ("The alphabet as the net has arranged it, in the plane.", "letter_map:map_data"),
    "Embeddings · Neighbours": ("The letters nearest to one, by their vectors.", "neighbours:neighbours_figure"),
    "Embeddings · How honest?": (
        "The same vectors, mapped with several seeds and neighbourhoods: what stays is true.",
        "honesty:honesty_figure"),
    "Next character · Bars": (
        "How likely each character comes next, with temperature, top-k and top-p.", "characters:next_character_figure"),
    "Next character · Which letter mattered": (
        "How much the guess suffers where a letter is hidden.", "occlusion:occlusion_figure"),
    "Next character · Two models": ("The same beginning before two nets.", "characters:two_models_figure"),
    "My name · Surprise": ("The surprise at each letter of a name, in bits.", "surprise:surprise_figure"),
    "My name · Among names": ("Where a name stands among all real ones.", "surprise:among_words_figure"),
    "My name · How much is new": ("The share of new names over the steps.", "novelty:shares_over_steps_figure"),
    "Counting · The table": ("How often each letter follows each.", "counting:grid_figure"),
    "Counting · Counted and neural": (
        "How near the neural bigram has come to the counted one.", "counting:convergence_figure"),
    "Counting · Longer contexts": ("Count tables of 1 to 5 characters of context, on val.", "counting:ladder_figure"),
    "Backprop · Numbers": ("A tensor of the graph with its gradient.", "backprop:numbers_figure"),
    "Backprop · dlogits": (
        "How the loss pulls at the logits: down where the guess was too high, up at the truth.",
        "backprop:pulls_figure"),
    "minitorch · Graph": ("An expression as a graph, its values and gradients at the nodes.", "graph:drawing"),
    "Three forms · One curve": ("Raw tensors, own layers and nn.Module, step by step.", "lockstep:losses_figure"),
    "Runs · Curves": ("The losses of several runs on one fair axis.", "comparison:comparison_figure"),
    "Runs · Size": ("How good each run is for its number of parameters.", "comparison:size_figure"),
    "Runs · Family": ("Which run was forked from which.", "family:family_figure"),
    "Search · Trials": ("The trials of a sweep in their order, and the best so far.", "sweep:history_figure"),
    "Search · What mattered": ("How much of the difference in val each knob explains.", "sweep:importances_figure"),
    "Search · Parallel coordinates": ("Each trial as a line through its settings.", "sweep_axes:parallel"),
    "Search · Learning rate": ("The loss along a ramp of rates.", "finder:finder_figure"),
    "Datasets · Letters": ("How frequent each letter is.", "datasets:letters_figure"),
    "Datasets · Split": ("How many words learn, choose and test.", "datasets:split_figure"),
    "Health · The last minutes": ("Memory and speed of this server.", "vitals:vitals_figure"),
}  # fmt: skip


def panel_terms() -> tuple[Term, ...]:
    """Those of the diagnostics first."""
    others = (Term(name, about, code=f"charts.{code}") for name, (about, code) in OTHERS.items())
    return (*(_of(diagnostic) for diagnostic in DIAGNOSTICS.values()), *others)


def panel_of(diagnostic: str) -> str:
    """The slug of a diagnostic's panel."""
    return slug_of(_name(DIAGNOSTICS[diagnostic]))


def _name(diagnostic: AnyDiagnostic) -> str:
    return f"Panel · {diagnostic.title}"


def _of(diagnostic: AnyDiagnostic) -> Term:
    kind = type(diagnostic)
    code = f"{kind.__module__.removeprefix('makemore_core.')}:{kind.__qualname__}"
    number = OF_DIAGNOSTICS.get(diagnostic.name)
    return Term(_name(diagnostic), diagnostic.about, code=code, source=diagnostic.source, number=number)
