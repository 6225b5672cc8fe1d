"""A data set that takes nothing for granted: quotes, backslashes, accents and emoji in its words and its name."""

import random

import pytest

from makemore_core.datasets import DataConfig

SYLLABLES = ("na", "be", "ku", "li", "mo", "é", "ß", "'", '"""', "\\", "\\n", "🙂", ".", "{x}", "%", "#", "й")


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataConfig:
    """240 words of one to five such syllables."""
    chance = random.Random(5)
    words = dict.fromkeys("".join(chance.choices(SYLLABLES, k=1 + i % 5)) for i in range(240))
    path = tmp_path_factory.mktemp("data") / "my \"names\"'\\ \n'''é🙂.txt"
    path.write_text("\n".join(words))
    return DataConfig(str(path))
