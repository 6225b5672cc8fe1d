"""`data`: the data sets that are known by name, their faults and mends, and one's own."""

from pathlib import Path
from typing import Annotated

import typer

from makemore_core.catalogue import CATALOGUE, fetch, kind_of
from makemore_core.cli import reports
from makemore_core.cli.options import AsJson
from makemore_core.cli.terminal import fetch_bar, say, show_table, write_json
from makemore_core.data.decoding import AUTO, ENCODINGS
from makemore_core.data.own import bring_back, delete, find_own, keep, own_names
from makemore_core.datasets import DataConfig
from makemore_core.errors import choose_one_of
from makemore_core.lint.checks import FINE, SICK, WATCH, Finding, lint
from makemore_core.lint.material import material_of
from makemore_core.lint.mends import MENDS, Mended, mended

LEVELS = {FINE: "good to know", WATCH: "watch", SICK: "mend this"}
Encoding = Annotated[str, typer.Option(metavar="E", help=f"Of the file: {', '.join(ENCODINGS)}.")]
OwnName = Annotated[str, typer.Argument(metavar="NAME", help="A data set of your own.")]


def list_data(json: AsJson = False) -> None:
    """List the data sets that are known by name: the catalogue's, then your own."""
    documents = [reports.data_document(source) for source in CATALOGUE.values()]
    documents += [reports.own_document(own) for name in own_names() if (own := find_own(name))]
    if json:
        return write_json(documents)
    rows = [(d["name"], "yes" if d["here"] else "no", d["words"], d["vocab"], d["about"]) for d in documents]
    return show_table(("name", "here", "words", "vocab", "about"), rows)


def fetch_data(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name that `data list` lists.")], json: AsJson = False
) -> None:
    """Bring a data set from its public address onto this machine, checked by its SHA-256."""
    if name not in CATALOGUE:
        raise choose_one_of("data set", name, CATALOGUE)
    with fetch_bar(name) as report:
        path = fetch(CATALOGUE[name], report)
    if json:
        return write_json({"name": name, "path": str(path), "sha256": CATALOGUE[name].sha256})
    return say(f"{name} is here: {path}")


def lint_data(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A data set by name, or a file.")],
    mend: Annotated[list[str] | None, typer.Option(metavar="MEND", help=f"Mend it: {', '.join(MENDS)}.")] = None,
    keep_as: Annotated[str, typer.Option("--keep", metavar="NAME", help="Keep it as a data set of your own.")] = "",
    text: Annotated[bool, typer.Option("--text", help="Read a running text instead of one word a line.")] = False,
    shuffles: Annotated[int, typer.Option(metavar="N", help="How often it is shuffled before it is split.")] = 1,
    encoding: Encoding = AUTO,
    json: AsJson = False,
) -> None:
    """Find faults of a data set; mend them with --mend, and keep the outcome with --keep."""
    kind = "text" if text else kind_of(name)
    material = material_of(DataConfig(name, shuffles, kind), encoding)
    findings, outcome = lint(material), mended(material, mend or [])
    if keep_as:
        mends = f", mended ({', '.join(mend)})" if mend else ""
        keep(keep_as, outcome.text, kind, f"{Path(name).name}{mends}", tuple(CATALOGUE))
    if json:
        return write_json(reports.lint_document(material, findings, outcome if mend else None, keep_as))
    for finding in findings:
        _show(finding)
    if not findings:
        say("Nothing to mend.")
    if mend:
        _show_mended(outcome)
    if keep_as:
        say(f"{keep_as} is kept: {outcome.after:,} lines.")
    return None


def delete_data(name: OwnName) -> None:
    """Delete a data set of your own; `data restore` brings it back."""
    delete(name)
    say(f"{name} is deleted; `data restore {name}` brings it back.")


def restore_data(name: OwnName) -> None:
    """Bring back a data set of your own that was deleted."""
    say(f"{bring_back(name).name} is back.")


def _show(finding: Finding) -> None:
    say(f"{LEVELS[finding.level]}: {finding.what} {finding.why}")
    for example in finding.examples:
        say(f"    line {example.line:,}: {example.text[:80]!r}{', ' * bool(example.note)}{example.note}")
    ways = [f"--mend {finding.mend}"] * bool(finding.mend) + [f"--set {path}={value}" for path, value in finding.turn]
    if ways:
        say(f"    {' or '.join(ways)}")


def _show_mended(outcome: Mended) -> None:
    moved = ", in another order" if outcome.moved else ""
    say(f"Mended: {outcome.before:,} lines become {outcome.after:,}, {outcome.changed:,} of them changed{moved}.")
