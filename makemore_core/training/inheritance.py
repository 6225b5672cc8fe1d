"""Where the weights of a fork's early steps stand in the store: with its parent, until those are to change.

Weights are most of what a run keeps. Ten forks of one run would hold them ten times over, so that a fork takes its
curves and readings along, and looks its earlier snapshots up where they are. Before a parent is rewound or forgotten,
its forks get copies of their own. A fork's first own snapshot says from where on it needs no other's.
"""

import sqlite3

INHERITED = """
WITH RECURSIVE line(run, below) AS (
    SELECT ?, 9223372036854775807
    UNION
    SELECT child.parent, MIN(
        line.below, child.parent_step + 1,
        COALESCE((SELECT MIN(step) FROM snapshots WHERE snapshots.run = child.id), child.parent_step + 1))
    FROM line JOIN runs AS child ON child.id = line.run WHERE child.parent != '' AND line.below > 0
), kept(run, step) AS (
    SELECT snapshots.run, step FROM line JOIN snapshots ON snapshots.run = line.run AND step < line.below
)"""  # the snapshots of a run, its ancestors' among them: whose they are, and after which step
SETTLE = f"""{INHERITED}
INSERT INTO snapshots SELECT ?, kept.step, content, sha256
FROM kept JOIN snapshots USING (run, step) WHERE kept.run != ?"""


def settle_forks(db: sqlite3.Connection, run: str, after: int = -1) -> None:
    """Give the forks that a run had after a step copies of all the snapshots that they find with others."""
    for (fork,) in db.execute("SELECT id FROM runs WHERE parent = ? AND parent_step > ?", (run, after)).fetchall():
        db.execute(SETTLE, (fork, fork, fork))
