"""From text to a tree, by recursive descent: a function of this file for each way in which signs bind.

Python's own rules of precedence hold; what Python knows beyond them does not exist here.
"""

from makemore_core.expressions.arguments import Argument, call_of, known_function
from makemore_core.expressions.mistakes import ExpressionError
from makemore_core.expressions.reader import Reader
from makemore_core.expressions.tokens import Token
from makemore_core.expressions.tree import BINDS, SIGNS, Call, Expression, Name, Number

COMPARISON = BINDS["less"]
FUNCTION_OF = {sign: function for function, sign in SIGNS.items() if sign != "**"}
# torch.exp(x), F.one_hot(y, 27), np.where(...): the prefix says nothing new
PREFIXES = ("torch", "np", "numpy", "F", "math")
AFTER_A_PREFIX = ("nn", "functional")
A_LIST = "A list stands only where axes or a shape are asked for."
FOREIGN = {
    "=": "Write only what stands to the right of =.",
    "lambda": "A lambda is no part of an expression; write the value itself.",
    "for": "A loop is no part of an expression; a sum or a matrix product goes over all rows at once.",
    "if": "Write where(condition, a, b) for a choice.",
}


def parse(text: str) -> Expression:
    """The tree of a typed expression. ExpressionError, with its place, for what is none."""
    reader = Reader(text)
    if reader.next.kind == "end":
        raise reader.mistake("Nothing is typed yet; write an expression of the names that are known.", reader.next)
    expression = _signs(reader, COMPARISON)
    if reader.next.kind != "end":
        raise _unexpected(reader)
    return expression


def _signs(reader: Reader, binds: int) -> Expression:
    """Operators from `binds` upwards, the left ones first."""
    left = _minus(reader)
    while (function := _operator(reader)) and BINDS[function] >= binds:
        sign = reader.take()
        right = _signs(reader, BINDS[function] + 1)
        left = reader.counted(Call(function, (left, right), (), (sign.start, sign.end)))
        if BINDS[function] == BINDS.get(_operator(reader)) == COMPARISON:
            raise reader.mistake("A comparison takes two values; put it in parentheses.", reader.next)
    return left


def _operator(reader: Reader) -> str:
    return FUNCTION_OF.get(reader.next.text, "")


def _minus(reader: Reader) -> Expression:
    """A sign before a value: `-a**2` is `-(a**2)`."""
    if not reader.sees("-", "+"):
        return _power(reader)
    sign = reader.take()
    operand = reader.inside(lambda: _minus(reader), sign)
    return operand if sign.text == "+" else reader.counted(Call("neg", (operand,), (), (sign.start, sign.end)))


def _power(reader: Reader) -> Expression:
    """`a**b**c` is `a**(b**c)`."""
    base = _dotted(reader)
    if not reader.sees("**"):
        return base
    sign = reader.take()
    exponent = reader.inside(lambda: _minus(reader), sign)
    return reader.counted(Call("pow", (base, exponent), (), (sign.start, sign.end)))


def _dotted(reader: Reader) -> Expression:
    """A value and what hangs on it: `.T`, `.shape[0]`, `.sum(0, keepdim=True)`."""
    value = _value(reader)
    while reader.sees("."):
        reader.take()
        value = _member(reader, value, reader.word())
    if reader.sees("["):
        way_out = "one_hot(...), where(...) and sums pick entries; only .shape[0] has brackets."
        raise reader.mistake(f"Indexing is no part of an expression: {way_out}", reader.next)
    if reader.sees("("):
        raise reader.mistake("What stands before the parenthesis is no function; write * for a product.", reader.next)
    return value


def _member(reader: Reader, value: Expression, word: Token) -> Expression:
    place = (word.start, word.end)
    if word.text in ("T", "mT"):
        return reader.counted(Call("transpose", (value,), (), place))
    if word.text == "shape":
        return _shape(reader, value, word)
    if word.text in ("values", "indices") and isinstance(value, Call) and value.function == "max":
        return value if word.text == "values" else Call("argmax", value.operands, value.options, place)
    function = known_function(word)
    if not reader.sees("("):
        raise reader.mistake(f"`{word.text}` is called with parentheses: .{word.text}().", word)
    return _call(reader, function, word, [Argument(value, "", word)])


def _shape(reader: Reader, value: Expression, word: Token) -> Expression:
    if not reader.sees("["):
        return reader.counted(Call("shape", (value,), (), (word.start, word.end)))
    opened = reader.take()
    axis = Argument(reader.inside(lambda: _signs(reader, COMPARISON), opened), "axis", word)
    reader.expect("]", "after the axis")
    return reader.counted(call_of("size", word, [Argument(value, "", word), axis]))


def _value(reader: Reader) -> Expression:
    token = reader.next
    if token.kind == "number":
        return _number(reader)
    if token.kind == "name" and token.text not in FOREIGN:
        return _named(reader)
    if not reader.sees("("):
        raise _unexpected(reader)
    reader.take()
    inner = reader.inside(lambda: _signs(reader, COMPARISON), token)
    if reader.sees(","):
        raise reader.mistake(A_LIST, reader.next)
    reader.expect(")", "after what stands in parentheses")
    return inner


def _number(reader: Reader) -> Expression:
    token = reader.take()
    value = float(token.text.replace("_", ""))
    if value == float("inf"):
        raise reader.mistake("This number is too large; use one below 1e308.", token)
    return reader.counted(Number(value, (token.start, token.end)))


def _named(reader: Reader) -> Expression:
    token = reader.take()
    has_prefix = token.text in PREFIXES and reader.sees(".")
    while reader.sees(".") and (token.text in PREFIXES or (has_prefix and token.text in AFTER_A_PREFIX)):
        reader.take()
        token = reader.word()
    if reader.sees("("):
        name = "size" if token.text == "len" else known_function(token)
        return _call(reader, name, token, [])
    if has_prefix:
        raise reader.mistake(f"`{token.text}` is called with parentheses: {token.text}(...).", token)
    return reader.counted(Name(token.text, (token.start, token.end)))


def _call(reader: Reader, function: str, word: Token, first: list[Argument]) -> Expression:
    opened = reader.expect("(", "after the function")
    arguments = list(first)
    while not reader.sees(")"):
        arguments.append(reader.inside(lambda: _argument(reader), opened))
        if not reader.sees(")"):
            reader.expect(",", "between two arguments")
    reader.take()
    call = call_of(function, word, arguments)
    if function == "size" and not call.options:  # len(x) is x.shape[0], and x.size() is x.shape
        told = ("size", (("axis", 0),)) if word.text == "len" else ("shape", ())
        call = Call(told[0], call.operands, told[1], call.place)
    return reader.counted(call)


def _argument(reader: Reader) -> Argument:
    """With its keyword or without; a list in parentheses is one argument."""
    start = reader.next
    keyword = ""
    if start.kind == "name" and reader.tokens[reader.at + 1].text == "=":
        keyword = reader.take().text
        reader.take()
    return Argument(_list(reader) if _is_list(reader) else _signs(reader, COMPARISON), keyword, start)


def _is_list(reader: Reader) -> bool:
    """Whether the parenthesis that opens here has a comma of its own."""
    depth = 0
    for token in reader.tokens[reader.at :] if reader.sees("(") else ():
        depth += (token.text == "(") - (token.text == ")")
        if depth == 1 and token.text == ",":
            return True
        if depth == 0:
            return False
    return False


def _list(reader: Reader) -> tuple[Expression, ...]:
    reader.expect("(", "before a list")
    entries: list[Expression] = []
    while not reader.sees(")"):
        entries.append(_signs(reader, COMPARISON))
        if not reader.sees(")"):
            reader.expect(",", "between two entries")
    reader.take()
    return tuple(entries)


def _unexpected(reader: Reader) -> ExpressionError:
    token = reader.next
    if token.kind == "end":
        return reader.mistake("The expression ends too early; a value is missing here.", token)
    if token.text in FOREIGN:
        return reader.mistake(FOREIGN[token.text], token)
    way_out = "an operator such as * is missing before it" if token.kind in ("name", "number") else "leave it out"
    return reader.mistake(f"`{token.text}` cannot stand here; {way_out}.", token)
