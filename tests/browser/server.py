"""A real `streamlit run app.py` for the browser tests: on a free port, with a store in a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.conftest import wait_until

PROJECT = Path(__file__).parents[2]
LONGEST_START = 120.0  # seconds, on a busy machine
LONGEST_END = 30.0  # seconds

AS_MAKE_RUN = "-m streamlit run app.py --server.headless true --server.fileWatcherType none --server.port"
AS_CLASSROOM = "-m makemore_core serve --mode classroom --port"
TEACHERS_KEY = "a-teachers-own-key"


class Server:
    """The dashboard as a command starts it. It can be ended and started again on the same store."""

    def __init__(self, folder: Path, command: str = AS_MAKE_RUN, project: Path = PROJECT) -> None:
        self._command, self._project = command, project
        self.store, self._log = folder / "runs.sqlite", folder / "server.log"
        self.address = ""

    def start(self, *options: str) -> None:
        """With more options of Streamlit, the last of which count."""
        port = _free_port()
        self.address = f"http://127.0.0.1:{port}"
        arguments = [sys.executable, *self._command.split(), str(port), *options]
        environment = os.environ | {"MAKEMORE_STORE": str(self.store), "MAKEMORE_TEACHER_KEY": TEACHERS_KEY}
        with self._log.open("a") as log:
            self._process = subprocess.Popen(arguments, cwd=self._project, env=environment, stdout=log, stderr=log)
        wait_until(self._is_healthy, LONGEST_START)

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(LONGEST_END)

    def terminate(self) -> int:
        """As a service manager ends it; the exit code."""
        self._process.terminate()
        return self._process.wait(LONGEST_END)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _is_healthy(self) -> bool:
        assert self._process.poll() is None, f"The server ended by itself:\n{self.log}"
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
