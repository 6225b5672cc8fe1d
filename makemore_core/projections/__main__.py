"""The process that makes t-SNE's and UMAP's maps, so that no thread of the dashboard waits for them.

In: one line of JSON with the jobs, then the vectors (F, N, E) as .npy. Out: a line `share words` now and then, the line
`points`, then the points (jobs, N, 2) as .npy.
"""

import io
import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import redirect_stdout

import numpy as np

from makemore_core.projections.job import AT_RANDOM, Job, npy
from makemore_core.projections.plane import Points, project
from makemore_core.projections.recipe import TSNE, UMAP

STEPS, MORE_STEPS = 1000, 250  # of t-SNE, from the beginning and from an earlier map
EPOCHS, MORE_EPOCHS = 500, 50  # of UMAP
EXACT = 250  # points up to which t-SNE's forces are computed one by one
BEHIND = 5  # how much the process gives way to the training
Tell = Callable[[float, str], None]


class Listener(io.StringIO):
    """Reads how far the library is from what it prints: `Iteration 50: ...`, ` 45%|...| 225/500 [...`."""

    def __init__(self, pattern: str, steps: int, tell: Tell) -> None:
        super().__init__()
        self.pattern, self.steps, self.say = re.compile(pattern), steps, tell

    def write(self, text: str) -> int:
        found = self.pattern.search(text)
        if found:
            step = int(found[1])
            self.say(step / self.steps, f"step {step:,} of {self.steps:,}")
        return len(text)


def first_points(job: Job, vectors: Points, made: list[Points]) -> Points:
    """Where a map begins (N, 2), spread to deviation 1 along its first axis unless it goes on from another."""
    if isinstance(job.begin, int):
        return made[job.begin]
    noise = np.random.default_rng(job.seed).normal(size=(len(vectors), 2))
    if job.begin == AT_RANDOM:
        return noise
    plane = project(vectors)[0]
    deviation = plane.std(axis=0).max()
    return plane / deviation + 1e-3 * noise if deviation else noise


def tsne(job: Job, vectors: Points, first: Points, tell: Tell) -> Points:
    """van der Maaten & Hinton 2008; by Barnes and Hut's tree where there are many points (van der Maaten 2014)."""
    from sklearn import manifold

    goes_on = isinstance(job.begin, int)
    steps = MORE_STEPS if goes_on else STEPS
    with redirect_stdout(Listener(r"Iteration (\d+):", steps, tell)):
        return manifold.TSNE(
            perplexity=job.neighbours,
            init=first if goes_on else 1e-4 * first,  # pyright: ignore[reportArgumentType]
            early_exaggeration=1 if goes_on else 12,
            max_iter=steps,
            method="exact" if len(vectors) <= EXACT else "barnes_hut",
            random_state=job.seed,
            verbose=2,
            n_jobs=1,
        ).fit_transform(vectors)


def umap(job: Job, vectors: Points, first: Points, tell: Tell) -> Points:
    """McInnes et al. 2018."""
    tell(0, "loading UMAP")
    import umap as learn  # pyright: ignore[reportMissingImports]

    goes_on = isinstance(job.begin, int)
    epochs = MORE_EPOCHS if goes_on else EPOCHS
    tell(0, "compiling UMAP")
    listener = Listener(r"(\d+)/\d+", epochs, tell)
    with redirect_stdout(io.StringIO()):
        return learn.UMAP(
            n_neighbors=job.neighbours,
            init=first if goes_on else 5 * first,
            n_epochs=epochs,
            learning_rate=0.1 if goes_on else 1.0,
            random_state=job.seed,
            n_jobs=1,
            verbose=True,
            tqdm_kwds={"file": listener, "mininterval": 0.1},
        ).fit_transform(vectors)


MAKERS: dict[str, Callable[[Job, Points, Points, Tell], Points]] = {TSNE: tsne, UMAP: umap}


def main() -> None:
    """Make all maps, one after the other."""
    if hasattr(os, "nice"):
        os.nice(BEHIND)
    jobs = [Job(**job) for job in json.loads(sys.stdin.buffer.readline())]
    frames = np.load(io.BytesIO(sys.stdin.buffer.read()))
    out, made = sys.stdout, list[Points]()

    def tell(share: float, words: str) -> None:
        which = f"map {len(made) + 1} of {len(jobs)}, " if len(jobs) > 1 else ""
        print(f"{(len(made) + min(1.0, share)) / len(jobs):.4f} {which}{words}", file=out, flush=True)

    for job in jobs:
        tell(0, "getting ready")
        vectors = frames[job.frame]
        points = MAKERS[job.method](job, vectors, first_points(job, vectors, made), tell)
        made.append(np.asarray(points, dtype=np.float64))
    print("points", flush=True)
    sys.stdout.buffer.write(npy(np.stack(made)))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
