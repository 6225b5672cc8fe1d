"""The tokens of an expression one after the other, with the bounds on how many parts, how deep in one another."""

from collections.abc import Callable
from typing import TypeVar

from makemore_core.expressions.mistakes import ExpressionError
from makemore_core.expressions.tokens import Token, tokens
from makemore_core.expressions.tree import Call, Name, Number

DEEPEST = 30
MOST_PARTS = 150
Part = TypeVar("Part", Number, Name, Call)
Read = TypeVar("Read")


class Reader:
    """Looks at the next token, takes it, and says what is wrong with it."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.at = 0
        self._depth = 0
        self._parts = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def sees(self, *texts: str) -> bool:
        return self.next.text in texts and self.next.kind != "end"

    def take(self) -> Token:
        """The next token; the end is never taken away."""
        token = self.next
        self.at += token.kind != "end"
        return token

    def expect(self, text: str, where: str) -> Token:
        if not self.sees(text):
            got = f"`{self.next.text}`" if self.next.text else "the end"
            raise self.mistake(f"A `{text}` is missing {where}: here stands {got}.", self.next)
        return self.take()

    def word(self) -> Token:
        """The name after a dot."""
        if self.next.kind != "name":
            raise self.mistake("After a dot comes T, shape or a function, as in .sum(0).", self.next)
        return self.take()

    def inside(self, read: Callable[[], Read], opened: Token) -> Read:
        """What is read within a parenthesis, a minus or a power."""
        self._depth += 1
        if self._depth > DEEPEST:
            sentence = f"At most {DEEPEST} parentheses, minus signs and powers stand in one another; use fewer."
            raise self.mistake(sentence, opened)
        result = read()
        self._depth -= 1
        return result

    def counted(self, part: Part) -> Part:
        """One more part of the tree."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            sentence = f"An expression has at most {MOST_PARTS} parts; use the names of what is known already."
            raise ExpressionError(sentence, *part.place)
        return part

    def mistake(self, sentence: str, token: Token) -> ExpressionError:
        return ExpressionError(sentence, token.start, token.end)
