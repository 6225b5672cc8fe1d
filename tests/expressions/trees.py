"""Random expressions: any tree at all, and trees of which torch's own operators tell the value."""

from hypothesis import strategies as st

from makemore_core.expressions import Call, Expression, Name, Number
from makemore_core.expressions.tree import SIGNS

letters = st.sampled_from(["a", "b", "dh", "W2", "_x"]).map(Name)
numbers = st.one_of(st.integers(0, 10**6).map(float), st.floats(0, 1e300)).map(Number)
axes = st.sampled_from([(), (("axis", 0),), (("axis", -1), ("keepdims", True)), (("axis", (0, 1)),)])


def _calls(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    one, two = st.tuples(inner), st.tuples(inner, inner)
    return st.one_of(
        st.builds(Call, st.sampled_from(sorted(SIGNS)), two),
        st.builds(Call, st.sampled_from(["neg", "exp", "log", "transpose", "shape", "zeros_like", "float"]), one),
        st.builds(Call, st.sampled_from(["sum", "mean", "max"]), one, axes),
        st.builds(Call, st.just("size"), one, st.just((("axis", 1),))),
        st.builds(Call, st.just("where"), st.tuples(inner, inner, inner)),
        st.builds(Call, st.just("one_hot"), two),
        st.builds(Call, st.just("reshape"), st.tuples(inner, inner, inner)),
        st.builds(Call, st.just("index_add"), st.tuples(inner, inner, inner), st.just((("axis", 0),))),
        st.builds(Call, st.just("transpose"), one, st.just((("first", 0), ("second", -1)))),
    )


trees: st.SearchStrategy[Expression] = st.recursive(st.one_of(letters, numbers), _calls, max_leaves=12)


def _of_shape(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Trees whose parts all have the shape of a and b, (4, 3), so that everything fits."""
    over = st.just((("axis", 1), ("keepdims", True)))
    row = st.builds(Call, st.sampled_from(["sum", "mean"]), st.tuples(inner), over)
    turned = st.builds(Call, st.just("transpose"), st.tuples(inner))
    square = st.builds(lambda left, right: Call("matmul", (left, right)), inner, turned)  # (4, 4)
    mask = st.builds(Call, st.sampled_from(["less", "greater_equal"]), st.tuples(inner, inner))
    return st.one_of(
        st.builds(Call, st.sampled_from(["add", "sub", "mul", "div"]), st.tuples(inner, st.one_of(inner, row, small))),
        st.builds(Call, st.sampled_from(["neg", "exp", "tanh", "sigmoid", "relu", "abs", "square"]), st.tuples(inner)),
        st.builds(Call, st.just("pow"), st.tuples(inner, st.sampled_from([Number(2.0), Number(3.0)]))),
        st.builds(lambda left, right: Call("matmul", (left, right)), square, inner),
        st.builds(Call, st.just("where"), st.tuples(mask, inner, inner)),
    )


small = st.floats(0.5, 4).map(Number)
fitting: st.SearchStrategy[Expression] = st.recursive(st.sampled_from([Name("a"), Name("b")]), _of_shape, max_leaves=8)
