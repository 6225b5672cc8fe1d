"""The one exception for what a user can mend: a sentence with the rule, the value and the way out."""

from collections.abc import Iterable

LONGEST_QUOTE = 200  # characters of a value that a sentence repeats


class InputError(ValueError):
    """Bad input. The command line prints it and exits with 2; a page shows it in a box."""


def quoted(value: object) -> str:
    """A value as a sentence repeats it: `'mpl'`, in one line, and cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # Python writes no number of 5,000 digits, and no list in 1,000 others
        return f"a {type(value).__name__} that is too large to be written"
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def choose_one_of(what: str, value: object, options: Iterable[object]) -> InputError:
    """The error for a name that stands in no table: `Unknown model 'mpl'; choose one of: ...`."""
    return InputError(f"Unknown {what} {quoted(value)}; choose one of: {', '.join(map(str, options))}.")


def check_unicode(what: str, text: str) -> None:
    """InputError for half a surrogate pair, which neither the store nor JSON nor a browser can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(f"{what} is not UTF-8 text: {quoted(text)}; write it in Unicode.") from None
