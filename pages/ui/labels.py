"""What settings are called on the screen."""

PARTS = {"model": "Model", "optimizer": "Optimizer", "schedule": "Learning rate over the steps", "data": "Data"}
LABELS = {
    "n_hidden": "Hidden neurons",
    "n_embd": "Embedding size",
    "n_layers": "Hidden layers",
    "n_head": "Heads",
    "block_size": "Context length",
    "max_steps": "Steps",
    "max_seconds": "Seconds (0 = no limit)",
    "patience": "Steps without progress (0 = no limit)",
    "kaiming": "Kaiming init",
    "top_k": "Top k",
    "top_p": "Top p",
}


def label_of(path: str) -> str:
    """What a setting is called on the screen."""
    name = path.rpartition(".")[2]
    return LABELS.get(name, name.replace("_", " ").capitalize())
