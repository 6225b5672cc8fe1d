"""Lint: each fault is found where it was put, told with its line, and gone after its mend."""

import random
from dataclasses import replace

import pytest

from makemore_core.catalogue import SHIPPED
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.errors import InputError
from makemore_core.lint.checks import FINE, LINTS, SICK, WATCH, Finding, lint
from makemore_core.lint.material import Material, material_of
from makemore_core.lint.mends import MENDS, mended
from makemore_core.lint.order import SURE, order_test
from tests.data.odd_files import DEVANAGARI, EMOJI

SYLLABLES = [c + v for c in "bdklmn" for v in "aeio"]
CLEAN = tuple(a + b for a in SYLLABLES for b in SYLLABLES)  # 576 words of 4 letters, no two alike
MIXED = random.Random(1).sample(CLEAN, len(CLEAN))
PROSE = "".join(f"To be or not to be, that is question {i:03}.\n" for i in range(100))


def of(words: list[str] | tuple[str, ...], **how: object) -> Material:
    return Material("own", "".join(f"{word}\n" for word in words), "words", DataConfig(**how))  # type: ignore[arg-type]


def of_text(text: str) -> Material:
    return Material("own", text, "text", DataConfig(kind="text"))


def only(material: Material, check: str) -> Finding:
    return next(finding for finding in lint(material) if finding.check == check)


def test_a_clean_list_has_no_fault_but_its_size() -> None:
    assert [(f.check, f.level) for f in lint(of(MIXED))] == [("few", FINE)]


FAULTY = {  # what is put into the clean list, where it must be found, and the level
    "duplicates": (["baba", "dodo"], [577, 578], WATCH),
    "invisible": (["ba\u200bba", "\u202edodo"], [577, 578], SICK),
    "damaged": (["zo\ufffd"], [577], SICK),
    "normal-forms": (["e\u0301lise"], [577], WATCH),
    "rare": (["baxa"], [577], WATCH),
    "short": (["b", "k"], [577, 578], WATCH),
    "long": (["ba" * 21], [577], WATCH),
    "case": (["Baba", "doDo"], [577, 578], FINE),
    "blanks": (["kaka  ", " nono"], [577, 578], FINE),
}


@pytest.mark.parametrize("check", FAULTY)
def test_a_fault_is_found_in_its_line_and_gone_after_its_mend(check: str) -> None:
    words, lines, level = FAULTY[check]
    material = of([*MIXED, *words])
    finding = only(material, check)
    assert (finding.level, [example.line for example in finding.examples]) == (level, lines)
    assert str(finding.count) in finding.what
    outcome = mended(material, [finding.mend])
    assert finding.check not in [f.check for f in lint(replace(material, text=outcome.text))]
    assert outcome.text.count("\n") == outcome.after


def test_every_check_names_a_mend_or_a_knob_that_there_is() -> None:
    faults = [*(word for words, _, _ in FAULTY.values() for word in words)]
    found = [*lint(of([*MIXED, *faults])), *lint(of(sorted(CLEAN), shuffles=0)), *lint(of(["a,b"] * 20))]
    assert {f.mend for f in found if f.mend} <= MENDS.keys()
    assert {f.check for f in found} <= LINTS.keys()
    assert all(f.mend or f.turn or f.check == "few" for f in found)


def test_the_same_word_in_train_and_val_leaks() -> None:
    material = of([*MIXED, *MIXED[:100]])
    parts, train = material.dataset.parts, set(material.dataset.parts["train"])
    n = sum(word in train for name in ("val", "test") for word in parts[name])
    assert only(material, "leaks").count == n > 10
    assert "leaks" not in [f.check for f in lint(replace(material, text=mended(material, ["deduplicate"]).text))]


def test_names_leaks_as_published(names: Dataset) -> None:
    found = lint(material_of(DataConfig(names.name)))
    leak = next(f for f in found if f.check == "leaks")
    assert leak.what == "424 of 3,203 words of val and 377 of 3,204 words of test also stand in train."
    assert next(f.count for f in found if f.check == "duplicates") == 32_033 - 29_494


def test_seed_004_forgot_to_shuffle(names: Dataset) -> None:
    finding = lint(material_of(DataConfig(names.name, shuffles=0)))[0]
    assert (finding.check, finding.level, finding.turn) == ("order", SICK, (("data.shuffles", 1),))
    assert "the last letter is a in 25% of the first words and 4% of the last" in finding.what
    turned = lint(material_of(DataConfig(names.name, shuffles=1)))
    assert next(f.level for f in turned if f.check == "order") == FINE


def test_the_order_test_is_pearsons_chi_squared() -> None:
    """A table of 30, 10 / 5, 15: χ² = 60 (30·15 − 10·5)² / (35·25·40·20) = 13.714, V = √(13.714 / 60)."""
    words = ["ab"] * 30 + ["cb"] * 10 + ["ab"] * 5 + ["cb"] * 15
    test = order_test(words, train_share=40 / 60)
    assert test is not None
    assert test.chi_squared == pytest.approx(60 * (30 * 15 - 10 * 5) ** 2 / (35 * 25 * 40 * 20))
    assert test.effect == pytest.approx((test.chi_squared / 60) ** 0.5)
    assert test.freedom == 1
    assert test.chance == pytest.approx(2.1285e-4, rel=1e-3)  # of χ² with 1 degree: 2 (1 - Φ(3.7033))


def test_a_shuffled_list_is_hardly_ever_called_ordered() -> None:
    shuffled = [order_test(random.Random(seed).sample(CLEAN, len(CLEAN))) for seed in range(300)]
    chances = sorted(test.chance for test in shuffled if test)
    assert sum(test.tells for test in shuffled if test) <= 2  # 300 times SURE is .3
    assert chances[0] > SURE / 100
    ordered = order_test(sorted(CLEAN))
    assert ordered is not None
    assert ordered.tells


def test_a_shuffle_moves_the_lines_and_keeps_them() -> None:
    material = of(sorted(CLEAN), shuffles=0)
    outcome = mended(material, ["shuffle"])
    assert outcome.moved
    assert sorted(outcome.text.split()) == sorted(CLEAN)
    assert "order" not in [f.check for f in lint(replace(material, text=outcome.text))]


def test_a_table_keeps_its_first_column() -> None:
    material = of([f"{word},F,{i}" for i, word in enumerate(MIXED)])
    assert only(material, "columns").mend == "first-column"
    assert mended(material, ["first-column"]).text.split() == MIXED


def test_sentences_are_better_read_as_a_text() -> None:
    finding = only(Material("own", PROSE, "words", DataConfig()), "text")
    assert finding.turn == (("data.kind", "text"),)


def test_a_text_leaks_by_its_full_lines() -> None:
    assert "leaks" not in [f.check for f in lint(of_text(PROSE))]
    first = PROSE.split("\n")[0]
    material = of_text(PROSE + f"{first}\nyes\nyes\n")
    assert [(e.line, e.text) for e in only(material, "leaks").examples] == [(101, first)]
    assert mended(material, ["deduplicate"]).text == PROSE + "yes\nyes\n"  # short lines may come again


def test_the_whole_split_tests_what_was_learnt() -> None:
    assert only(of(MIXED, split="whole"), "leaks").turn == (("data.split", "lectures"),)


@pytest.mark.parametrize("words", [EMOJI, DEVANAGARI])
def test_joiners_of_scripts_and_emoji_are_no_fault(words: tuple[str, ...]) -> None:
    assert "invisible" not in [f.check for f in lint(of(words))]
    assert mended(of(words), ["strip"]).text.split("\n")[:-1] == list(words)


def test_a_preview_says_what_goes_and_what_changes() -> None:
    outcome = mended(of(["Anna", "bob", "anna", *MIXED]), ["lower", "deduplicate"])
    assert (outcome.before, outcome.after, outcome.changed, outcome.moved) == (579, 578, 1, False)
    assert outcome.examples == ((1, "Anna", "anna"), (3, "anna", None))


def test_no_mend_leaves_the_text_as_it_is() -> None:
    assert mended(of_text(PROSE), []).text == PROSE


def test_an_unknown_mend_is_refused() -> None:
    with pytest.raises(InputError, match="Unknown mend 'shine'; choose one of: first-column"):
        mended(of(MIXED), ["shine"])


def test_the_shipped_list_is_linted_in_a_moment() -> None:
    assert [f.check for f in lint(material_of(DataConfig(SHIPPED)))] == ["leaks", "duplicates", "order"]
