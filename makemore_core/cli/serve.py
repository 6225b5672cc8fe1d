"""`serve`: the dashboard for one person or for a class; others can reach it only where somebody has said so."""

import os
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from makemore_core.access import MODE, Mode, key_of
from makemore_core.addresses import LOCAL_NAMES, in_url, is_local, reached_by
from makemore_core.cli.terminal import say
from makemore_core.errors import InputError, choose_one_of
from makemore_core.teacher import SHORTEST_KEY, TEACHER

APP = Path(__file__).parents[2] / "app.py"
KEY = "MAKEMORE_TEACHER_KEY"
SAFE = {  # beside .streamlit/config.toml, and whatever stands in the user's own
    "server.enableCORS": "true",  # a foreign page's WebSocket is refused
    "server.enableXsrfProtection": "true",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "50",  # megabytes
    "server.enableStaticServing": "false",
    "server.enableAgentApi": "false",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": "false",
}


def serve(
    mode: Annotated[str, typer.Option(metavar="MODE", help="local: all may do all; classroom: each their own.")] = "",
    address: Annotated[str, typer.Option(metavar="A", help="Where to listen; 0.0.0.0 is everywhere.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="P", min=1, max=65_535, help="Where to listen.")] = 8501,
    host: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A further name of this machine.")] = None,
    teacher_key_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"Holds the teacher's key; else {KEY}, or a new one.")
    ] = None,
) -> None:
    """Open the dashboard, for a class too."""
    chosen = _mode(mode, address)
    names = [*(host or []), *reached_by(address)]
    environment = {name: value for name, value in os.environ.items() if name != KEY} | {MODE: chosen}
    shown = names[:1] if is_local(address) else [name for name in names if name not in LOCAL_NAMES]
    urls = [f"http://{in_url(name)}:{port}/" for name in shown]
    key = _teachers_key(teacher_key_file) if chosen == Mode.CLASSROOM else ""
    say(f"Open {urls[0]}" + (f"  (also {', '.join(urls[1:])})" if len(urls) > 1 else ""))
    if key:
        environment[TEACHER] = key_of(key)
        say(f"The teacher opens {urls[0]}#teacher={key}  (keep it: it is shown this once)")
    sys.stdout.flush()  # before the server takes this process's place, so that signals reach it
    os.chdir(APP.parent)
    os.execve(sys.executable, _command(address, port, names), environment)


def _mode(mode: str, address: str) -> Mode:
    """The chosen one; none need be chosen where nobody else can come."""
    if mode and mode not in tuple(Mode):
        raise choose_one_of("mode", mode, Mode)
    if not mode and not is_local(address):
        raise InputError(
            f"Others can reach a server at {address!r}, and would do everything with every run; "
            "choose --mode classroom (each their own runs) or --mode local (all may do all)."
        )
    return Mode(mode or Mode.LOCAL)


def _teachers_key(file: Path | None) -> str:
    """From the file, else from the environment, else a new one."""
    if file and not file.is_file():
        raise InputError(f"There is no file {str(file)!r} with the teacher's key.")
    key = file.read_text(encoding="utf-8", errors="replace").strip() if file else os.environ.get(KEY, "")
    if (file or key) and len(key) < SHORTEST_KEY:
        raise InputError(f"`characters >= {SHORTEST_KEY}` must hold for the teacher's key, but got {len(key)}.")
    return key or secrets.token_urlsafe(12)


def _command(address: str, port: int, names: list[str]) -> list[str]:
    where = {"server.address": address, "server.port": str(port), "browser.serverAddress": in_url(names[0])}
    options = SAFE | where | {"server.headless": "true"}
    lists = [word for name in names for word in ("--server.allowedHosts", name)]
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(APP), *flags, *lists]
