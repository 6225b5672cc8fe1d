"""What the models' sections share: the lines that begin and end them."""

from makemore_core.eject.lecture import layers
from makemore_core.eject.part import source

GENERATOR = "g = torch.Generator().manual_seed(seed)  # of weights, then of batches"
COUNT = 'print(f"{sum(p.nelement() for p in parameters):,} parameters")'
NONLINEARITIES = {"tanh": layers.Tanh, "relu": layers.ReLU, "leaky-relu": layers.LeakyReLU}
FUNCTIONS = {"tanh": "torch.tanh({})", "relu": "torch.relu({})", "leaky-relu": "F.leaky_relu({}, 0.01)"}


def learned(parameters: str) -> str:
    """The parameters, in the order in which they were drawn."""
    return f"parameters = {parameters}\nfor p in parameters:\n    p.requires_grad = True\n{COUNT}"


OF_LAYERS = learned("[p for layer in layers for p in layer.parameters()]")
IN_A_ROW = source(layers.model)


def listed(name: str, items: list[str]) -> str:
    """A list with one item a line."""
    return "\n".join((f"{name} = [", *(f"    {item}," for item in items), "]"))
