"""The physical limit: a step's own matrix products and nothing else, back to back in numpy's float32."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from benchmarks.rounds import Advance
from makemore_core.models.attention import CausalSelfAttention
from makemore_core.models.layers import Linear
from makemore_core.training.trainer import Trainer

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Product:
    """`count` matrix products at once: (m, k) @ (k, n) -> (m, n)."""

    m: int
    k: int
    n: int
    count: int = 1

    @property
    def multiply_adds(self) -> int:
        return self.count * self.m * self.k * self.n

    def with_backward(self) -> "tuple[Product, Product, Product]":
        """The product itself, then those that give the gradients of its left and of its right factor."""
        m, k, n, count = self.m, self.k, self.n, self.count
        return self, Product(m, n, k, count), Product(k, m, n, count)


def products_of(trainer: Trainer) -> list[Product]:
    """All matrix products of one step: forward, and two backward for each."""
    x, _ = trainer.batch()
    with trainer.model.watched() as outputs:
        trainer.model(x)
    forward: list[Product] = []
    for name, layer in trainer.model.all_layers():
        if isinstance(layer, Linear):
            k, n = layer.weight.shape
            forward.append(Product(outputs[name].numel() // n, k, n))
        if isinstance(layer, CausalSelfAttention):
            B, heads, T, _ = outputs[f"{name}.weights"].shape
            size = layer.qkv.weight.shape[0] // heads
            forward += Product(T, size, T, B * heads), Product(T, T, size, B * heads)  # q @ k, then shares @ v
    return [product for one in forward for product in one.with_backward()]


def back_to_back(products: list[Product]) -> Advance:
    """The products of k steps on one thread, each into memory that is there already."""
    ready = [_ready(product) for product in products]
    libraries = ThreadpoolController()

    def advance(k: int) -> None:
        with libraries.limit(limits=1, user_api="blas"):
            for _ in range(k):
                for multiply, left, right, out in ready:
                    multiply(left, right, out)

    return advance


def as_sentence(products: list[Product]) -> str:
    """How much a step multiplies."""
    millions = sum(product.multiply_adds for product in products) / 1e6
    return (
        f"the step's {len(products)} matrix products ({millions:,.2f} million multiply-adds) in numpy, on one thread."
    )


def _ready(product: Product) -> tuple[Callable[..., object], Floats, Floats, Floats]:
    m, k, n, count = product.m, product.k, product.n, product.count
    many = (count,) if count > 1 else ()
    left, right, out = (np.ones((*many, *shape), dtype=np.float32) for shape in ((m, k), (k, n), (m, n)))
    return np.matmul if many else np.dot, left, right, out  # np.dot is called faster, but knows single matrices only
