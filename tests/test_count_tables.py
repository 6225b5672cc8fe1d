"""Every number that lecture 1 and EurekaLabs' ngram print about count tables, to the last printed digit."""

import pytest

from makemore_core.datasets import Dataset
from makemore_core.presets.count_tables import EUREKA, KNOWN_TABLES, KnownTable, eureka_split, recounted


@pytest.mark.parametrize("known", KNOWN_TABLES, ids=lambda known: f"{known.source} {known.title}")
def test_a_printed_loss_is_counted_again(known: KnownTable, names: Dataset) -> None:
    ours = recounted(known, names)
    assert {split: round(ours[split], known.digits) for split in known.printed} == known.printed


def test_float32_costs_the_fourth_digit_of_lecture_1(names: Dataset) -> None:
    exact = {known.alpha: recounted(known, names)["exact"] for known in KNOWN_TABLES if known.source != EUREKA}
    assert exact == {0.0: pytest.approx(2.454014, abs=1e-6), 1.0: pytest.approx(2.454577, abs=1e-6)}


def test_eurekas_split_leaves_no_character_out(names: Dataset) -> None:
    parts = eureka_split(names)
    assert sum(map(len, parts.values())) == 228_146 - 1  # the file's last name has no line end
    assert (parts["test"] == 0).sum() == 1000
