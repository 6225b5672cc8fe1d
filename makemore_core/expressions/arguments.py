"""What stands in a call's parentheses, sorted: expressions, and settings that are literals, as axis and keepdims."""

import difflib
from dataclasses import dataclass
from typing import NoReturn, cast

from makemore_core.expressions.functions import (
    FUNCTIONS,
    OTHER_NAMES,
    OTHER_PARAMETERS,
    SETTINGS,
    WHOLE_NUMBERS,
    Function,
)
from makemore_core.expressions.mistakes import ExpressionError
from makemore_core.expressions.tokens import Token
from makemore_core.expressions.tree import SIGNS, Call, Expression, Name, Number, Option

LITERALS = {"True": True, "False": False, "None": None}


@dataclass(frozen=True)
class Argument:
    """What was typed: an expression or a list of them, with its keyword or without, and where it begins."""

    value: "Expression | tuple[Expression, ...]"
    keyword: str
    token: Token


def known_function(word: Token) -> str:
    """The table's name for a function, or the error that tells the nearest one."""
    name = OTHER_NAMES.get(word.text, word.text)
    if name in FUNCTIONS:
        return name
    near = difflib.get_close_matches(word.text, [*FUNCTIONS, *OTHER_NAMES], n=1)
    written = ", ".join(name for name in FUNCTIONS if name not in SIGNS)
    way_out = f"did you mean `{near[0]}`?" if near else f"there are {written}."
    raise ExpressionError(f"There is no function `{word.text}`; {way_out}", word.start, word.end)


def call_of(name: str, word: Token, arguments: list[Argument]) -> Call:
    """The call of a known function. ExpressionError where its arguments do not fit."""
    function = FUNCTIONS[name]
    given = _by_parameter(function, arguments, word)
    missing = [parameter for parameter in function.parameters[: function.needed] if parameter not in given]
    if missing:
        sentence = f"`{word.text}` needs {' and '.join(function.parameters[: function.needed])}; "
        raise ExpressionError(f"{sentence}{' and '.join(missing)} is missing.", word.start, word.end)
    operands: list[Expression] = []
    for parameter in function.operands:
        operands += [part for argument in given.get(parameter, []) for part in _several(argument.value)]
    settings = [p for p in function.parameters if p in SETTINGS and p in given]
    options = tuple((p, _setting(p, given[p][0])) for p in settings)
    return Call(name, tuple(operands), options, (word.start, word.end))


def _by_parameter(function: Function, arguments: list[Argument], word: Token) -> dict[str, list[Argument]]:
    """Keywords first; what has none takes the free parameters in their order, whole numbers as many as there are."""
    given: dict[str, list[Argument]] = {}
    for argument in arguments:
        if argument.keyword:
            parameter = OTHER_PARAMETERS.get(argument.keyword, argument.keyword)
            if parameter not in function.parameters or parameter in given:
                sentence = f"`{word.text}` cannot take {argument.keyword}=...; it takes "
                _refuse(f"{sentence}{', '.join(function.parameters)}.", argument)
            given[parameter] = [argument]
    free = [parameter for parameter in function.parameters if parameter not in given]
    for argument in (argument for argument in arguments if not argument.keyword):
        if not free:
            _refuse(f"`{word.text}` takes {', '.join(function.parameters)}, and no more.", argument)
        if isinstance(argument.value, tuple) and free[0] not in (*SETTINGS, *WHOLE_NUMBERS):
            _refuse("A list stands only where axes or a shape are asked for.", argument)
        given.setdefault(free[0], []).append(argument)
        if free[0] != "shape":
            free.pop(0)
    return given


def _several(value: "Expression | tuple[Expression, ...]") -> tuple[Expression, ...]:
    return value if isinstance(value, tuple) else (value,)


def _setting(parameter: str, argument: Argument) -> Option:
    """`axis` is a whole number, several, or None; `keepdims` is True or False."""
    value = _literal(argument.value)
    if parameter == "keepdims":
        return value if isinstance(value, bool) else _refuse(f"`{parameter}` is True or False.", argument)
    if isinstance(argument.value, tuple):
        several = [_literal(part) for part in argument.value]
        if all(type(part) is int for part in several):
            return cast("tuple[int, ...]", tuple(several))
    if value is None or type(value) is int:
        return value
    return _refuse(f"`{parameter}` is a whole number that stands there, such as 0, 1 or -1.", argument)


def _literal(value: object) -> bool | int | float | None:
    """A number, True or False; infinity for all else."""
    if isinstance(value, Name) and value.name in LITERALS:
        return LITERALS[value.name]
    if isinstance(value, Call) and value.function == "neg":
        inner = _literal(value.operands[0])
        return -inner if type(inner) is int else float("inf")
    if isinstance(value, Number):
        return int(value.value) if value.value.is_integer() and value.value < 100 else float("inf")
    return float("inf")


def _refuse(sentence: str, argument: Argument) -> NoReturn:
    raise ExpressionError(sentence, argument.token.start, argument.token.end)
