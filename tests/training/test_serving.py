"""Of two servers on one store one writes; the other says who, and takes over when that one ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from makemore_core.errors import InputError
from makemore_core.training.serving import Seat, check_seat
from tests.conftest import wait_until

SITS = """
import sys, time
from pathlib import Path
from makemore_core.training.serving import Seat
seat = Seat(Path(sys.argv[1]))
print(seat.is_taken_by_us, flush=True)
time.sleep(60)
"""


def test_one_seat_for_two_servers(tmp_path: Path) -> None:
    first, second = Seat(tmp_path / "lab" / "runs.sqlite"), Seat(tmp_path / "lab" / "runs.sqlite")
    assert first.is_taken_by_us
    assert not second.is_taken_by_us
    assert first.is_taken_by_us  # still, however often the other asks
    with pytest.raises(InputError, match=r"Process \d+ on .+ writes the store since .+; here you can look\. End that"):
        check_seat(second)
    first.leave()
    assert second.is_taken_by_us
    assert not first.is_taken_by_us


def test_a_seat_is_free_once_its_server_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    with subprocess.Popen([sys.executable, "-c", SITS, path], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "True\n"
        seat = Seat(path)
        assert not seat.is_taken_by_us
        assert f"Process {other.pid} on " in seat.holder
        other.kill()
    wait_until(lambda: seat.is_taken_by_us)
    assert seat.holder == "This server writes the store."
