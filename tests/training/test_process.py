"""Which process trains a run: known by a name that no later process has."""

import subprocess
import sys

from makemore_core.training.process import in_words, is_gone, own_name


def test_this_process_lives() -> None:
    assert not is_gone(own_name())


def test_no_two_names_are_alike() -> None:
    assert own_name() != own_name()


def test_a_process_that_has_ended_is_gone() -> None:
    code = "from makemore_core.training.process import own_name; print(own_name())"
    name = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert is_gone(name)


def test_a_later_process_of_the_same_number_is_another() -> None:
    host, pid, token = own_name().split(":")
    assert is_gone(f"{host}:{pid}:1{token}")


def test_nobody_knows_of_another_machine_or_of_a_store_that_does_not_say() -> None:
    assert not is_gone("elsewhere.example:1:1.ab")
    assert not is_gone("")


def test_a_name_is_told_in_words() -> None:
    assert in_words("ada:1234:99.ab") == "process 1234 on ada"
    assert in_words("") == "another process"
