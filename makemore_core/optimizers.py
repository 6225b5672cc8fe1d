"""How a step moves the parameters. Operators only, so that one Adam moves torch tensors and numpy arrays alike."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Protocol

from makemore_core.knobs import Config, knob


class Parameter(Protocol):
    """A tensor of either kind: its numbers in `data`, the loss's gradient in `grad`; None = not part of the loss."""

    data: Any
    grad: Any


class Optimizer:
    """Moves parameters against their gradients. `state` is what a checkpoint must keep, by name."""

    def __init__(self, parameters: dict[str, Any], learning_rate: float, weight_decay: float) -> None:
        self.parameters: dict[str, Parameter] = parameters
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.state: dict[str, Any] = {}
        self.steps = 0

    def step(self) -> None:
        """One update of every parameter that has a gradient."""
        self.steps += 1
        for name, parameter in self.parameters.items():
            gradient = parameter.grad
            if gradient is not None:
                parameter.data += self.change(name, self.decay(parameter, gradient) if self.weight_decay else gradient)

    def decay(self, parameter: Parameter, gradient: Any) -> Any:
        """The gradient of the loss + weight_decay / 2 * the squared weights (L2), in the parameter's shape."""
        return gradient + self.weight_decay * parameter.data

    def change(self, name: str, gradient: Any) -> Any:
        """What is added to a parameter, in the parameter's shape."""
        raise NotImplementedError

    def average(self, name: str, value: Any, beta: float) -> Any:
        """The running mean under a name, moved towards a value."""
        share = (1 - beta) * value
        if name in self.state:
            self.state[name] *= beta
            self.state[name] += share
        else:
            self.state[name] = share
        return self.state[name]


class SGD(Optimizer):
    """Stochastic gradient descent, plain."""

    def change(self, name: str, gradient: Any) -> Any:
        return -self.learning_rate * gradient


class Momentum(Optimizer):
    """Polyak 1964, as torch.optim.SGD writes it; Nesterov's looks one step ahead (Sutskever et al. 2013, eq. 3-4)."""

    def __init__(
        self,
        parameters: dict[str, Any],
        learning_rate: float,
        momentum: float,
        nesterov: bool,
        weight_decay: float,
    ) -> None:
        super().__init__(parameters, learning_rate, weight_decay)
        self.momentum, self.nesterov = momentum, nesterov

    def change(self, name: str, gradient: Any) -> Any:
        key = f"{name}.velocity"
        velocity = self.state[key] = self.momentum * self.state.get(key, 0.0) + gradient
        return -self.learning_rate * (gradient + self.momentum * velocity if self.nesterov else velocity)


class RMSProp(Optimizer):
    """Tieleman & Hinton 2012, lecture 6.5: the gradient over the root of its mean square."""

    def __init__(
        self, parameters: dict[str, Any], learning_rate: float, alpha: float, epsilon: float, weight_decay: float
    ) -> None:
        super().__init__(parameters, learning_rate, weight_decay)
        self.alpha, self.epsilon = alpha, epsilon

    def change(self, name: str, gradient: Any) -> Any:
        v = self.average(f"{name}.v", gradient * gradient, self.alpha)
        return -self.learning_rate * gradient / (v**0.5 + self.epsilon)


class Adam(Optimizer):
    """Kingma & Ba 2015, algorithm 1: the mean gradient over the root of the mean square, both without their bias."""

    def __init__(
        self,
        parameters: dict[str, Any],
        learning_rate: float,
        beta1: float,
        beta2: float,
        epsilon: float,
        weight_decay: float,
    ) -> None:
        super().__init__(parameters, learning_rate, weight_decay)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def change(self, name: str, gradient: Any) -> Any:
        m = self.average(f"{name}.m", gradient, self.beta1)
        v = self.average(f"{name}.v", gradient * gradient, self.beta2)
        bias = (1 - self.beta2**self.steps) ** 0.5
        spread = v**0.5  # of the gradient, times the bias
        spread += bias * self.epsilon
        change = m / spread
        change *= -self.learning_rate * bias / (1 - self.beta1**self.steps)
        return change


class AdamW(Adam):
    """Loshchilov & Hutter 2019, algorithm 2: weights shrink beside Adam's step, so that Adam does not rescale it."""

    def decay(self, parameter: Parameter, gradient: Any) -> Any:
        """Shrinks the weights at once; the gradient stays the loss's own."""
        parameter.data *= 1 - self.learning_rate * self.weight_decay
        return gradient


@dataclass(frozen=True)
class OptimizerConfig(Config):
    """Base of the optimizers' configs; every optimizer has a learning rate and a weight decay."""

    name: ClassVar[str]

    learning_rate: float = knob(0.1, low=1e-6, high=100, log=True, help="Size of a step against the gradient.")
    _: KW_ONLY
    weight_decay: float = knob(0.0, low=0, high=1, help="Pulls all weights towards 0; added to the gradient (L2).")

    def build(self, parameters: dict[str, Any]) -> Optimizer:
        raise NotImplementedError


@dataclass(frozen=True)
class SGDConfig(OptimizerConfig):
    """Plain stochastic gradient descent: the lectures' optimizer."""

    name: ClassVar[str] = "sgd"
    title: ClassVar[str] = "SGD"

    def build(self, parameters: dict[str, Any]) -> Optimizer:
        return SGD(parameters, self.learning_rate, self.weight_decay)


@dataclass(frozen=True)
class MomentumConfig(OptimizerConfig):
    """SGD with momentum: gradients add up while they agree."""

    name: ClassVar[str] = "momentum"
    title: ClassVar[str] = "SGD with momentum"

    # steady gradients add up to 1 / (1 - momentum) = 10 times themselves: as far as the lectures' .1
    learning_rate: float = knob(0.01, low=1e-6, high=100, log=True, help="Size of a step along the velocity.")
    momentum: float = knob(
        0.9, low=0, high=0.9999, help="How much of the velocity is kept at each step; 0 = plain SGD."
    )
    nesterov: bool = knob(False, help="Look one step ahead along the velocity (Nesterov 1983).")

    def build(self, parameters: dict[str, Any]) -> Optimizer:
        return Momentum(parameters, self.learning_rate, self.momentum, self.nesterov, self.weight_decay)


@dataclass(frozen=True)
class RMSPropConfig(OptimizerConfig):
    """RMSProp (Tieleman & Hinton 2012): Adam without the mean gradient."""

    name: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSProp"

    learning_rate: float = knob(1e-2, low=1e-6, high=100, log=True, help="Size of a step, the same for all numbers.")
    alpha: float = knob(0.99, low=0, high=0.99999, help="How much of the mean squared gradient is kept at each step.")
    epsilon: float = knob(1e-8, low=1e-12, high=0.1, log=True, help="Keeps the division finite.")

    def build(self, parameters: dict[str, Any]) -> Optimizer:
        return RMSProp(parameters, self.learning_rate, self.alpha, self.epsilon, self.weight_decay)


@dataclass(frozen=True)
class AdamConfig(OptimizerConfig):
    """Adam (Kingma & Ba 2015): each number has its own step size."""

    name: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"
    optimizer: ClassVar[type[Adam]] = Adam

    learning_rate: float = knob(1e-3, low=1e-6, high=100, log=True, help="Size of a step, the same for all numbers.")
    beta1: float = knob(0.9, low=0, high=0.9999, help="How much of the mean gradient is kept at each step.")
    beta2: float = knob(0.999, low=0, high=0.99999, help="How much of the mean squared gradient is kept.")
    epsilon: float = knob(1e-8, low=1e-12, high=0.1, log=True, help="Keeps the division finite.")

    def build(self, parameters: dict[str, Any]) -> Optimizer:
        return self.optimizer(parameters, self.learning_rate, self.beta1, self.beta2, self.epsilon, self.weight_decay)


@dataclass(frozen=True)
class AdamWConfig(AdamConfig):
    """AdamW (Loshchilov & Hutter 2019): Adam with weight decay of its own; the optimizer of GPTs."""

    name: ClassVar[str] = "adamw"
    title: ClassVar[str] = "AdamW"
    optimizer: ClassVar[type[Adam]] = AdamW

    _: KW_ONLY
    weight_decay: float = knob(0.01, low=0, high=1, help="All weights shrink by learning rate × this at each step.")


OPTIMIZERS: dict[str, type[OptimizerConfig]] = {
    config.name: config for config in (SGDConfig, MomentumConfig, RMSPropConfig, AdamConfig, AdamWConfig)
}
