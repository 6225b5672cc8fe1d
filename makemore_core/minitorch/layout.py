"""Where the nodes of a graph stand when it is drawn from left to right: after Sugiyama, Tagawa and Toda 1981.

Columns by longest path, order within a column by the middle of the neighbours, heights by least squares. Numbers only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 12  # over all columns, there and back in turn
GAP = 14.0  # pixels between two nodes of a column
LEAF = 0.02  # how much what has no parents weighs beside the rest
PASSING = 6.0  # pixels that an edge takes where it passes through a column

Parents = Sequence[Sequence[int]]
Point = tuple[int, float]  # a column, and a height in pixels


@dataclass(frozen=True)
class Layout:
    """Columns count from 0, heights from the top; both are of the middle of a node."""

    columns: tuple[int, ...]
    heights: tuple[float, ...]
    passing: dict[tuple[int, int], tuple[Point, ...]]  # of an edge (parent, child): where it passes between other nodes
    height: float  # of it all


def lay_out(parents: Parents, tall: Sequence[float]) -> Layout:
    """Places for nodes, of which each stands after its parents, and is so many pixels tall."""
    columns = _columns(parents)
    places, edges, passing = _with_passing(parents, columns)
    sizes = [*tall, *[PASSING] * (len(places) - len(tall))]
    order = _order(places, edges)
    heights = _heights(order, edges, sizes)
    top = min((y - size / 2 for y, size in zip(heights, sizes, strict=True)), default=0.0)
    heights = [y - top for y in heights]
    return Layout(
        tuple(columns),
        tuple(heights[: len(tall)]),
        {edge: tuple((places[i], heights[i]) for i in way) for edge, way in passing.items()},
        max((y + size / 2 for y, size in zip(heights, sizes, strict=True)), default=0.0),
    )


def crossings(order: Sequence[Sequence[int]], edges: Sequence[tuple[int, int]]) -> int:
    """How often two edges between neighbouring columns cross."""
    place = {node: i for column in order for i, node in enumerate(column)}
    column_of = {node: c for c, column in enumerate(order) for node in column}
    ends = [(column_of[a], place[a], place[b]) for a, b in edges]
    pairs = ((one, other) for i, one in enumerate(ends) for other in ends[:i] if one[0] == other[0])
    return sum((a - c) * (b - d) < 0 for (_, a, b), (_, c, d) in pairs)


def _columns(parents: Parents) -> list[int]:
    """The longest path to each node; what has no parents stands just before the first that needs it."""
    columns: list[int] = []
    for above in parents:
        columns.append(1 + max((columns[parent] for parent in above), default=-1))
    first_use: dict[int, int] = {}
    for child, above in enumerate(parents):
        for parent in above:
            first_use[parent] = min(columns[child], first_use.get(parent, columns[child]))
    return [columns[i] if parents[i] else first_use.get(i, 1) - 1 for i in range(len(columns))]


def _with_passing(
    parents: Parents, columns: list[int]
) -> tuple[list[int], list[tuple[int, int]], dict[tuple[int, int], list[int]]]:
    """Edges as hops to the next column, with a place of its own for each column that one passes through."""
    places, hops, passing = list(columns), list[tuple[int, int]](), dict[tuple[int, int], list[int]]()
    for parent, child in dict.fromkeys((parent, child) for child, above in enumerate(parents) for parent in above):
        between = range(columns[parent] + 1, columns[child])
        passing[parent, child] = list(range(len(places), len(places) + len(between)))
        places += between
        hops += pairwise([parent, *passing[parent, child], child])
    return places, hops, passing


def _order(places: list[int], edges: list[tuple[int, int]]) -> list[list[int]]:
    """The nodes of each column from top to bottom, in the order with the fewest crossings that the sweeps meet."""
    before, after = _neighbours(len(places), edges)
    order: list[list[int]] = [[] for _ in range(max(places, default=-1) + 1)]
    for node in _as_read(before, after):
        order[places[node]].append(node)
    best, fewest = [list(column) for column in order], crossings(order, edges)
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        for column in range(len(order)) if forth else reversed(range(len(order))):
            _sort_by_middle(order, column, before if forth else after)
        found = crossings(order, edges)
        if found < fewest:
            best, fewest = [list(column) for column in order], found
    return best


def _sort_by_middle(order: list[list[int]], column: int, neighbours: list[list[int]]) -> None:
    place = {node: i for nodes in order for i, node in enumerate(nodes)}

    def middle(node: int) -> float:
        near = [place[other] for other in neighbours[node]]
        return sum(near) / len(near) if near else place[node]

    order[column].sort(key=middle)


def _as_read(before: list[list[int]], after: list[list[int]]) -> list[int]:
    """All nodes as one reads the expression: from the output back, the first input first."""
    seen: dict[int, None] = {}
    stack = [i for i, following in enumerate(after) if not following]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen[node] = None
            stack += reversed(before[node])
    return list(seen)


def _neighbours(n: int, edges: list[tuple[int, int]]) -> tuple[list[list[int]], list[list[int]]]:
    """Of each of n nodes those in the column before, and those in the column after."""
    before: list[list[int]] = [[] for _ in range(n)]
    after: list[list[int]] = [[] for _ in range(n)]
    for a, b in edges:
        before[b].append(a)
        after[a].append(b)
    return before, after


def _heights(order: list[list[int]], edges: list[tuple[int, int]], sizes: list[float]) -> list[float]:
    """Each node as near to the middle of its neighbours as its column has room.

    What has no parents makes way for the rest, so that a chain of operations runs straight, its leaves beside it.
    """
    before, after = _neighbours(len(sizes), edges)
    weights = [1.0 if parents else LEAF for parents in before]
    heights = [0.0] * len(sizes)
    for sweep in range(SWEEPS + 1):
        near = (before, after)[sweep % 2]
        for column in order if sweep % 2 == 0 else reversed(order):
            wanted = [_middle(near[node], heights, weights, heights[node]) for node in column]
            placed = spread(wanted, [sizes[node] for node in column], [weights[node] for node in column])
            for node, y in zip(column, placed, strict=True):
                heights[node] = y
    return heights


def _middle(nodes: list[int], heights: list[float], weights: list[float], otherwise: float) -> float:
    total = sum(weights[node] for node in nodes)
    return sum(weights[node] * heights[node] for node in nodes) / total if nodes else otherwise


def spread(wanted: Sequence[float], sizes: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Middles that do not overlap, in this order, with the least weighted squares: pools of adjacent violators."""
    offsets = [0.0]
    for one, other in pairwise(sizes):
        offsets.append(offsets[-1] + (one + other) / 2 + GAP)
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for y, offset, weight in zip(wanted, offsets, weights, strict=False):
        pools.append((y - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, v, n), (b, w, m) = pools[-2:]
            pools[-2:] = [((a * v + b * w) / (v + w), v + w, n + m)]
    levels = [mean for mean, _, many in pools for _ in range(many)]
    return [level + offset for level, offset in zip(levels, offsets, strict=False)]
