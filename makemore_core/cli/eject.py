"""`eject`: a preset or a run as a PyTorch script, or a notebook, that stands on its own."""

from pathlib import Path
from typing import Annotated

import typer

from makemore_core.cli.options import AsJson, open_manager
from makemore_core.cli.terminal import say, write_json
from makemore_core.eject import Ejected, eject_preset, eject_run
from makemore_core.errors import InputError
from makemore_core.presets import PRESETS


def eject(
    name: Annotated[str, typer.Argument(metavar="PRESET|RUN", help="A name that `presets` or `runs list` lists.")],
    notebook: Annotated[bool, typer.Option("--notebook", help="A notebook instead of a script.")] = False,
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where the files go.")] = Path(),
    json: AsJson = False,
) -> None:
    """Write a stand-alone PyTorch script, with its data beside it, that gives the same losses."""
    code, data = _ejected(name).write(to.expanduser(), notebook)
    if json:
        return write_json({"name": name, "code": str(code), "data": str(data)})
    say(f"Wrote {code} and {data}.")
    return say(f"Open {code} in Jupyter." if notebook else f"Run it with `python {code}`; all it needs is torch.")


def _ejected(name: str) -> Ejected:
    if name in PRESETS:
        return eject_preset(name)
    with open_manager() as manager:
        if not any(name in (row.id, row.name) for row in manager.runs()):
            raise InputError(f"There is no preset or run {name!r}; `presets` and `runs list` show those there are.")
        return eject_run(manager, name)
