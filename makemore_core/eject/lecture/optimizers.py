"""How a step moves the parameters, where it is more than the gradient times the learning rate."""

# pyright: basic
import torch

from makemore_core.eject.lecture.given import alpha, beta1, beta2, epsilon, momentum


class Momentum:
    """Gradients add up while they agree (Polyak 1964)."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.velocities = [torch.zeros_like(p) for p in parameters]

    def step(self, lr):
        for p, velocity in zip(self.parameters, self.velocities, strict=True):
            velocity.mul_(momentum).add_(p.grad)
            p.data += -lr * velocity


class RMSProp:
    """The gradient over the root of its mean square (Tieleman & Hinton 2012, lecture 6.5)."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.v = [torch.zeros_like(p) for p in parameters]  # the mean squared gradient

    def step(self, lr):
        for p, v in zip(self.parameters, self.v, strict=True):
            v.mul_(alpha).add_((1 - alpha) * (p.grad * p.grad))
            p.data += -lr * p.grad / (v**0.5 + epsilon)


class Adam:
    """The mean gradient over the root of the mean square, both without their bias (Kingma & Ba 2015, algorithm 1)."""

    def __init__(self, parameters):
        self.parameters, self.steps = parameters, 0
        self.m = [torch.zeros_like(p) for p in parameters]  # the mean gradient
        self.v = [torch.zeros_like(p) for p in parameters]  # the mean squared gradient

    def step(self, lr):
        self.steps += 1
        bias1, bias2 = 1 - beta1**self.steps, (1 - beta2**self.steps) ** 0.5
        for p, m, v in zip(self.parameters, self.m, self.v, strict=True):
            m.mul_(beta1).add_((1 - beta1) * p.grad)
            v.mul_(beta2).add_((1 - beta2) * (p.grad * p.grad))
            # -lr * (m / bias1) / (v**0.5 / bias2 + epsilon), with fewer divisions
            p.data += m / (v**0.5 + bias2 * epsilon) * (-lr * bias2 / bias1)
