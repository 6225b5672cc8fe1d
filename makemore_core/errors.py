"""The one exception for what a user can mend: a sentence with the rule, the value and the way out."""

from collections.abc import Iterable


class InputError(ValueError):
    """Bad input. The command line prints it and exits with 2; a page shows it in a box."""


def choose_one_of(what: str, value: object, options: Iterable[object]) -> InputError:
    """The error for a name that stands in no table: `Unknown model 'mpl'; choose one of: ...`."""
    return InputError(f"Unknown {what} {value!r}; choose one of: {', '.join(map(str, options))}.")
