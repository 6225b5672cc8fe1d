"""Where nodes are drawn: no two at one place, every edge to the right, whatever the graph."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core.minitorch.layout import GAP, PASSING, crossings, lay_out, spread

Graph = list[list[int]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to 30 nodes, each after its parents; some have none, some use one twice."""
    n = draw(st.integers(1, 30))
    return [draw(st.lists(st.integers(0, i - 1), max_size=3)) if i else [] for i in range(n)]


@settings(max_examples=60, deadline=None)
@given(graphs(), st.lists(st.sampled_from([26.0, 56.0, 84.0]), min_size=30, max_size=30))
def test_no_two_nodes_stand_at_one_place_and_edges_point_right(parents: Graph, tall: list[float]) -> None:
    layout = lay_out(parents, tall[: len(parents)])
    boxes = [
        (column, y - size / 2, y + size / 2)
        for column, y, size in zip(layout.columns, layout.heights, tall, strict=False)
    ]
    for i, (column, top, bottom) in enumerate(boxes):
        assert top >= -1e-6
        assert bottom <= layout.height + 1e-6
        for other, above, below in boxes[:i]:
            assert column != other or top >= below + GAP - 1e-6 or bottom <= above - GAP + 1e-6
    for child, above in enumerate(parents):
        assert all(layout.columns[parent] < layout.columns[child] for parent in above)
    for (parent, child), way in layout.passing.items():
        assert [column for column, _ in way] == list(range(layout.columns[parent] + 1, layout.columns[child]))
        for column, y in way:  # an edge passes no node
            room = PASSING / 2 + GAP - 1e-6
            assert all(c != column or y >= bottom + room or y <= top - room for c, top, bottom in boxes)


def test_what_has_no_parents_stands_just_before_its_first_use() -> None:
    layout = lay_out([[], [0], [1], [], [2, 3]], [1.0] * 5)  # 0 -> 1 -> 2 -> 4 <- 3
    assert layout.columns == (0, 1, 2, 2, 3)


def test_a_tree_is_drawn_without_crossings_and_in_the_order_in_which_it_is_read() -> None:
    #  a b c d -> a+b, c+d -> their product
    parents = [[], [], [0, 1], [], [], [3, 4], [2, 5]]
    layout = lay_out(parents, [10.0] * 7)
    leaves = [layout.heights[i] for i in (0, 1, 3, 4)]
    assert leaves == sorted(leaves)
    assert layout.heights[6] == pytest.approx((layout.heights[2] + layout.heights[5]) / 2)
    assert crossings([[0, 1, 3, 4], [2, 5], [6]], [(0, 2), (1, 2), (3, 5), (4, 5), (2, 6), (5, 6)]) == 0


def test_a_chain_runs_straight_with_its_leaves_beside_it() -> None:
    parents = [[], [], [0, 1], [], [2, 3], [], [4, 5], [6]]  # 0 and 1 -> 2, then a new leaf at each step
    layout = lay_out(parents, [20.0] * 8)
    chain = [layout.heights[i] for i in (2, 4, 6, 7)]
    assert max(chain) - min(chain) < 6
    assert all(abs(layout.heights[i] - chain[0]) > 20 for i in (3, 5))


def test_two_edges_that_change_sides_cross_once() -> None:
    assert crossings([[0, 1], [2, 3]], [(0, 3), (1, 2)]) == 1


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12))
def test_spread_keeps_order_and_distance_and_moves_nothing_that_fits(wanted: list[float]) -> None:
    equal = [1.0] * len(wanted)
    placed = spread(wanted, [10.0] * len(wanted), equal)
    assert all(b - a >= 10 + GAP - 1e-9 for a, b in pairwise(placed))
    assert sum(placed) == pytest.approx(sum(wanted), abs=1e-6)  # least squares moves the mean nowhere
    assert spread(placed, [10.0] * len(placed), equal) == pytest.approx(placed)
