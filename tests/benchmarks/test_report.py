"""What was measured, as a table and as plain numbers."""

import orjson
import pytest

from benchmarks.contests import Contest, Result
from benchmarks.report import document, show, show_ladder
from benchmarks.rounds import Rounds


def never(k: int) -> None:
    raise AssertionError("A report trains nothing.")


@pytest.fixture
def result() -> Result:
    advances = {"peer": never, "autograd": never, "by_hand": None}
    contest = Contest("W1", "a net", "peer", advances, ("Peer: a notebook.",))
    return Result(contest, {"peer": Rounds((100.0, 200.0)), "autograd": Rounds((350.0, 700.0)), "by_hand": None})


def test_json_holds_every_round_and_the_ratio(result: Result):
    (plain,) = orjson.loads(orjson.dumps(document([result])))
    peer, autograd, by_hand = plain["contestants"]
    assert (plain["name"], plain["notes"]) == ("W1", ["Peer: a notebook."])
    assert (peer["per_second"], peer["times_reference"]) == (150.0, 1.0)
    assert (autograd["per_second"], autograd["times_reference"]) == (525.0, 3.5)
    assert autograd["rounds"] == [350.0, 700.0]
    assert by_hand == {
        "name": "by_hand", "per_second": None, "spread_percent": None, "times_reference": None, "rounds": [],
    }  # fmt: skip


def test_the_table_shows_rates_ratios_and_who_took_no_part(result: Result, capsys: pytest.CaptureFixture[str]):
    show([result])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["autograd", "525", "33.3", "%", "3.50"] in lines
    assert ["by_hand", "-", "-", "-"] in lines
    assert ["Peer:", "a", "notebook."] in lines


def test_the_ladder_has_a_column_for_each_workload(result: Result, capsys: pytest.CaptureFixture[str]):
    show_ladder([result, result])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["W1", "W1"] in lines
    assert ["autograd", "3.50", "3.50"] in lines
