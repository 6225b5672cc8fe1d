"""`python -m makemore_core`: the command line."""

import sys
from io import TextIOWrapper

from makemore_core.cli import main

if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without Unicode shows names all the same
    sys.exit(main())
