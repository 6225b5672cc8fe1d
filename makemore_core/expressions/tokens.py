"""The first look at a typed expression: numbers, names and signs, each with its place."""

import re
from dataclasses import dataclass

from makemore_core.expressions.mistakes import ExpressionError

MOST_CHARACTERS = 1000
# (kind, pattern); the longer sign first
KINDS = (
    ("number", r"(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?"),
    ("name", r"[A-Za-z_][A-Za-z0-9_]*"),
    ("sign", r"\*\*|<=|>=|==|!=|[-+*/@().,<>=\[\]]"),
    ("space", r"\s+"),
)
PATTERN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS), re.ASCII)
# what is typed in its place
INSTEAD = {"^": "**", "×": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "–": "-", "²": "**2", "³": "**3", "√": "sqrt()"}


@dataclass(frozen=True)
class Token:
    """A number, a name or a sign, or the end of the text."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(text: str) -> list[Token]:
    """All tokens in a row, the end as the last. ExpressionError at the first character that is none of them."""
    if len(text) > MOST_CHARACTERS:
        sentence = f"An expression has at most {MOST_CHARACTERS} characters, but got {len(text)}; use the names above."
        raise ExpressionError(sentence, MOST_CHARACTERS, MOST_CHARACTERS + 1)
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = PATTERN.match(text, at)
        if match is None:
            raise _no_token(text, at)
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match.group(), at))
        at = match.end()
    return [*found, Token("end", "", at)]


def _no_token(text: str, at: int) -> ExpressionError:
    instead = INSTEAD.get(text[at])
    way_out = f"type {instead}." if instead else "use names, numbers, + - * / ** @, parentheses and dots."
    return ExpressionError(f"{text[at]!r} is no part of an expression; {way_out}", at, at + 1)
