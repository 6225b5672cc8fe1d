"""`python -m makemore_core`: the command line."""

import sys

from makemore_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
