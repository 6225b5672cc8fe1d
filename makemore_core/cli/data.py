"""`data`: the data sets of the catalogue."""

from typing import Annotated

import typer

from makemore_core.catalogue import CATALOGUE, fetch
from makemore_core.cli import reports
from makemore_core.cli.options import AsJson
from makemore_core.cli.terminal import say, show_table, write_json
from makemore_core.errors import choose_one_of


def list_data(json: AsJson = False) -> None:
    """List the data sets that are known by name."""
    documents = [reports.data_document(source) for source in CATALOGUE.values()]
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
    path = fetch(CATALOGUE[name])
    if json:
        return write_json({"name": name, "path": str(path), "sha256": CATALOGUE[name].sha256})
    return say(f"{name} is here: {path}")
