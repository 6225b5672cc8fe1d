"""How a step moves the parameters. Operators only, so that one Adam moves torch tensors and numpy arrays alike."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from makemore_core.knobs import Config, knob


class Parameter(Protocol):
    """A tensor of either kind: its numbers in `data`, the loss's gradient in `grad`."""

    data: Any
    grad: Any


class Optimizer:
    """Moves parameters against their gradients. `state` is what a checkpoint must keep, by name."""

    def __init__(self, parameters: dict[str, Any], learning_rate: float) -> None:
        self.parameters: dict[str, Parameter] = parameters
        self.learning_rate = learning_rate
        self.state: dict[str, Any] = {}
        self.steps = 0

    def step(self) -> None:
        """One update of every parameter."""
        self.steps += 1
        for name, parameter in self.parameters.items():
            parameter.data += self.change(name, parameter.grad)

    def change(self, name: str, gradient: Any) -> Any:
        """What is added to a parameter, in the parameter's shape."""
        raise NotImplementedError


class SGD(Optimizer):
    """Stochastic gradient descent, plain."""

    def change(self, name: str, gradient: Any) -> Any:
        return -self.learning_rate * gradient


class Adam(Optimizer):
    """Kingma & Ba 2015, algorithm 1: the mean gradient over the root of the mean square, both without their bias."""

    def __init__(
        self, parameters: dict[str, Any], learning_rate: float, beta1: float, beta2: float, epsilon: float
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def change(self, name: str, gradient: Any) -> Any:
        m = self._average(f"{name}.m", gradient, self.beta1)
        v = self._average(f"{name}.v", gradient * gradient, self.beta2)
        m_hat = m / (1 - self.beta1**self.steps)
        v_hat = v / (1 - self.beta2**self.steps)
        return -self.learning_rate * m_hat / (v_hat**0.5 + self.epsilon)

    def _average(self, name: str, value: Any, beta: float) -> Any:
        """The running mean under a name, moved towards a value."""
        self.state[name] = beta * self.state.get(name, 0.0) + (1 - beta) * value
        return self.state[name]


@dataclass(frozen=True)
class OptimizerConfig(Config):
    """Base of the optimizers' configs; every optimizer has a learning rate."""

    learning_rate: float = knob(0.1, low=1e-6, high=100, log=True, help="Size of a step against the gradient.")

    def build(self, parameters: dict[str, Any]) -> Optimizer:
        raise NotImplementedError


@dataclass(frozen=True)
class SGDConfig(OptimizerConfig):
    """Plain stochastic gradient descent: the lectures' optimizer."""

    name: ClassVar[str] = "sgd"
    title: ClassVar[str] = "SGD"

    def build(self, parameters: dict[str, Any]) -> Optimizer:
        return SGD(parameters, self.learning_rate)


@dataclass(frozen=True)
class AdamConfig(OptimizerConfig):
    """Adam (Kingma & Ba 2015): each number has its own step size."""

    name: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"

    learning_rate: float = knob(1e-3, low=1e-6, high=100, log=True, help="Size of a step, the same for all numbers.")
    beta1: float = knob(0.9, low=0, high=0.9999, help="How much of the mean gradient is kept at each step.")
    beta2: float = knob(0.999, low=0, high=0.99999, help="How much of the mean squared gradient is kept.")
    epsilon: float = knob(1e-8, low=1e-12, high=0.1, log=True, help="Keeps the division finite.")

    def build(self, parameters: dict[str, Any]) -> Optimizer:
        return Adam(parameters, self.learning_rate, self.beta1, self.beta2, self.epsilon)


OPTIMIZERS: dict[str, type[OptimizerConfig]] = {config.name: config for config in (SGDConfig, AdamConfig)}
