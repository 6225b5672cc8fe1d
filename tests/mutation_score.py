"""The share of mutants that the tests kill, of what `mutmut export-cicd-stats` tells; as a script it wants 80 %."""

import json
import sys
from pathlib import Path

WANTED = 0.8


def score(stats: dict[str, int]) -> float:
    """The share of mutants that a test has noticed, by failing or by never coming to an end."""
    return (stats["killed"] + stats["timeout"] + stats["segfault"]) / (stats["total"] - stats["skipped"])


if __name__ == "__main__":
    reached = score(json.loads(Path(sys.argv[1]).read_text()))
    print(f"{reached:.1%} of the mutants are killed; {WANTED:.0%} are wanted.")
    sys.exit(reached < WANTED)
