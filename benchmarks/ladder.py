"""`python -m benchmarks.ladder`: our engines beside the peers' own code and beside the machine's matrix products."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import torch
import typer

from benchmarks.around import around as contests_around
from benchmarks.contests import Contest, Result
from benchmarks.report import document, machine, show, show_ladder
from benchmarks.workloads import WORKLOADS, Workload
from makemore_core.cli.terminal import complain, write_json
from makemore_core.engines import ENGINES
from makemore_core.errors import InputError, choose_one_of

PEERS = Path(__file__).parents[2] / "peers"  # beside the project, so that nobody commits them
BAD_INPUT = 2


def ladder(
    workloads: Annotated[str, typer.Option(metavar="W1,W2", help="Which workloads.")] = ",".join(WORKLOADS),
    engines: Annotated[str, typer.Option(metavar="E,F", help="Which engines.")] = ",".join(ENGINES),
    rounds: Annotated[int, typer.Option(min=1, help="How often each contestant has its turn.")] = 7,
    seconds: Annotated[float, typer.Option(min=0.01, help="How long a turn lasts.")] = 0.5,
    peers: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the peers' repositories are cloned.", show_default="../peers")
    ] = PEERS,
    threads: Annotated[int, typer.Option(min=1, help="Torch's threads, ours and theirs alike.")] = 1,
    around: Annotated[bool, typer.Option("--around", help="Also time losses, samples and examples.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Steps per second, measured in rounds by turns: medians, their spread, and how many times the peer's."""
    torch.set_num_threads(threads)
    try:
        chosen = [workload_named(name) for name in workloads.split(",")]
        ours = [engine_named(name) for name in engines.split(",")]
        results = list(held((workload.contest(peers, ours) for workload in chosen), rounds, seconds))
        beside = list(held(contests_around(peers) if around else (), rounds, seconds))
    except InputError as error:
        complain(str(error))
        raise typer.Exit(BAD_INPUT) from None
    if json:
        settings = {"threads": threads, "rounds": rounds, "seconds": seconds}
        return write_json({"machine": machine()} | settings | {"ladder": document(results), "around": document(beside)})
    show(results + beside)
    return show_ladder(results)


def workload_named(name: str) -> Workload:
    """A workload whose data set is there; an InputError, before anything is timed, if one of them is not."""
    if name not in WORKLOADS:
        raise choose_one_of("workload", name, WORKLOADS)
    WORKLOADS[name].config.data.load()
    return WORKLOADS[name]


def engine_named(name: str) -> str:
    """The name of one of our engines, or an InputError that lists them."""
    if name not in ENGINES:
        raise choose_one_of("engine", name, ENGINES)
    return name


def held(contests: Iterable[Contest], rounds: int, seconds: float) -> Iterator[Result]:
    """The results, with a line on stderr about what is under way."""
    for contest in contests:
        complain(f"{contest.name}: {contest.about}")
        yield contest.held(rounds, seconds)


if __name__ == "__main__":
    typer.run(ladder)
