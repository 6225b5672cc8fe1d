"""What is wrong with a typed expression, and where: a sentence with the way out, and a caret under the place."""

from makemore_core.errors import InputError

WIDTH = 60  # characters of the text that are shown around the place


class ExpressionError(InputError):
    """A sentence, and the place in the text that it is about: from `start` up to, but not including, `end`."""

    def __init__(self, sentence: str, start: int, end: int) -> None:
        super().__init__(sentence)
        self.start, self.end = start, max(end, start + 1)

    def picture(self, text: str) -> str:
        """The typed text around the place on one line, and under it the caret."""
        return picture(text, self.start, self.end)


def picture(text: str, start: int, end: int) -> str:
    """A text around a place in it on one line, and under it the caret."""
    first = max(0, start - WIDTH // 2)
    line = "".join(c if c.isprintable() else " " for c in text[first : first + WIDTH])
    return f"{line}\n{' ' * (start - first)}{'^' * (min(end, first + WIDTH) - start)}"
