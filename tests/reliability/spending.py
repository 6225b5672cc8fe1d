"""What a server spends on its tabs, memory, threads and sessions, and what of our code went wrong in it."""

import urllib.request
from pathlib import Path

from tests.browser.server import PROJECT, Server


def megabytes(server: Server) -> float:
    """What the server's process holds in memory."""
    return int(_status(server)["VmRSS"].split()[0]) / 1024


def threads(server: Server) -> int:
    return int(_status(server)["Threads"])


def sessions(server: Server) -> int:
    """How many tabs are open."""
    with urllib.request.urlopen(f"{server.address}/_stcore/metrics?families=active_sessions") as answer:
        text = answer.read().decode()
    return int(next(line for line in text.splitlines() if line.startswith("active_sessions")).split()[-1])


def faults(server: Server) -> list[str]:
    """Lines of tracebacks in our code; Streamlit's own tell of clients that were lost."""
    ours = tuple(f'File "{PROJECT / folder}' for folder in ("pages", "makemore_core"))
    return [line for line in server.log.splitlines() if line.strip().startswith(ours)]


def _status(server: Server) -> dict[str, str]:
    lines = Path(f"/proc/{server.pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)
