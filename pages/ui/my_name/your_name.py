"""A name of one's own, or those of a class: letter by letter, beside counting, and among the real ones."""

import math
from functools import partial
from typing import Any

import streamlit as st

from makemore_core.charts.surprise import Marked, among_words_figure, beside_counting_figure, surprise_figure
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.ngrams import NGram, yardstick_tables
from makemore_core.scoring import (
    NameSurprise,
    WordSurprise,
    bits_by_counting,
    is_scored_in_pieces,
    surprises,
)
from makemore_core.spelling import Spelling, names_in, spelled
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.inside.answers import Moment, moment
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.my_name.rows import Row, rows_of_names
from pages.ui.widgets import pills
from pages.ui.word_surprise import which, word_surprise

MOST_NAMES, LONGEST = 40, 60  # names at once; characters of one
MOST_TYPED = 500
AFTER = "100ms"  # without another letter; by itself Streamlit waits longer than a redraw may take
MOST_BITS = 40  # whose power is written out
IN_ALL, EACH = MEASURES = ("Bits in all", "Bits per character")


def draw(snapshot: Snapshot) -> None:
    """What was typed, then all that the shown net says about it."""
    trained = session.trained_model()
    vocabulary, noun = trained.dataset.vocabulary, trained.dataset.noun
    typed = text_field(trained.dataset)
    read = [spelled(name[:LONGEST], vocabulary) for name in names_in(typed, vocabulary)[:MOST_NAMES]]
    lacking(read, vocabulary.characters)
    names = list(dict.fromkeys(s.name for s in read if s.name))
    scored = {s.name: s for s in _scored(moment(snapshot), tuple(names), trained)}
    hero = scored[_the_large_one(names)] if names else None
    with st.container(key="my_name_hero"):
        if hero:
            the_large_one(snapshot, trained, hero)
        else:
            st.caption(f"Type a {noun}: its letters will stand here, each under its surprise.")
    mine = [hero, *(s for s in scored.values() if s is not hero)] if hero else []
    word_surprise(snapshot, trained, lambda step, words: among_the_real(snapshot, trained, step, words, mine))


def text_field(dataset: Dataset, **look: Any) -> str:
    """Where names are typed."""
    several = not any(name in dataset.vocabulary.characters for name in ", ")
    label = f"Your {dataset.noun}"
    hint = "Several at once, a class perhaps: put commas or blanks between them." if several else None
    longest = LONGEST if dataset.is_text else MOST_TYPED
    keeps = {"key": "my_names", "live": AFTER, "persist_state": "session"}
    return st.text_input(label, max_chars=longest, help=hint, **keeps, **look) or ""


def lacking(read: list[Spelling], known: str) -> None:
    """One sentence about characters that the data lack, and how the names are spelled without them."""
    strange = list(dict.fromkeys(c for s in read for c in s.lacking))
    if not strange:
        return
    named = " ".join(strange[:12])
    changed = [f"“{s.typed}” is read as **{literal(s.name)}**" for s in read if s.lacking and s.name][:3]
    lost = [s.typed for s in read if not s.name]
    if lost:
        changed.append(f"“{literal(lost[0])}” cannot be spelled with {literal(_some(known))}")
    st.info(f"The data have no {literal(named)}: {'; '.join(changed)}.", icon=":material/spellcheck:")


def _some(known: str, most: int = 40) -> str:
    known = known.strip()
    return known if len(known) <= most else f"{known[:most]} … ({len(known)} characters)"


@st.cache_resource(max_entries=64, show_spinner=False)
def _scored(now: Moment, names: tuple[str, ...], _trained: TrainedModel) -> list[NameSurprise]:
    """Each name alone: its bits are those of the very probabilities with which it would be drawn."""
    return surprises(names, _trained.model, _trained.dataset.vocabulary, None)


def _the_large_one(names: list[str]) -> str:
    """Of several names the one that stands large; a click on another one makes that large."""
    now = session.selected("large_name", names)
    if len(names) > 1:
        show = partial(session.select, "large_name")
        pills("large_name", "Stands large", names, now, show, format_func=literal, label_visibility="collapsed")
    return now


def the_large_one(snapshot: Snapshot, trained: TrainedModel, hero: NameSurprise) -> None:
    """Letter by letter, and what others would make of the name."""
    vocabulary, now = trained.dataset.vocabulary, moment(snapshot)
    characters, bits = zip(*hero.per_character, strict=True)
    blind = math.log2(len(vocabulary))
    left, right = st.columns([5, 3])
    with left:
        make = partial(surprise_figure, hero.name, snapshot.step, characters, bits, blind)
        chart(snapshot, (now, hero.name), "surprise", make, 300)
    with right:
        others = bits_by_counting(
            hero.name, vocabulary, _tables(trained.dataset.sha256, session.config().data, trained.dataset)
        )
        make = partial(beside_counting_figure, {**others, "this net": hero.bits})
        chart(snapshot, (now, hero.name), "beside_counting", make, 200)
        st.markdown(
            f"**{literal(hero.name)}** costs {hero.bits:.2f} bits in all, {hero.each:.2f} a character: as if each were "
            f"drawn from {_power(hero.each, 1)} equally likely ones. The net invents it once in {_power(hero.bits)} "
            f"{trained.dataset.noun}s."
        )


def _power(bits: float, digits: int = 0) -> str:
    """As many as so many bits tell apart."""
    return f"{2**bits:,.{digits}f}" if bits < MOST_BITS else f"2^{bits:,.0f}"


@st.cache_resource(max_entries=4, show_spinner=False)
def _tables(sha256: str, data: DataConfig, _dataset: Dataset) -> dict[str, NGram]:
    return yardstick_tables(_dataset)


def among_the_real(
    snapshot: Snapshot, trained: TrainedModel, step: int, words: WordSurprise, mine: list[NameSurprise]
) -> None:
    """Where the names stand among the words of the data, in all or per character; several also as rows."""
    noun = trained.dataset.noun
    each = choose_one_of_few("measure", "Compare by", MEASURES, label_visibility="collapsed") == EACH
    marked = [Marked(s.name, s.each if each else s.bits) for s in mine]
    title = f"{EACH if each else IN_ALL} of {which(words, noun)}, step {step:,}"
    make = partial(among_words_figure, title, words.values(each), marked, noun)
    version = (moment(snapshot), step, len(words.words), each, tuple(marked))
    percentiles = {s.name: words.percentile(s.bits, s.size, each) for s in mine}
    said = _standing(words, mine[0], percentiles[mine[0].name], noun) if mine else "Longer ones always cost more."
    chart(snapshot, version, "among_words", make, 260)
    st.caption(literal(said))
    if mine and is_scored_in_pieces(trained.model, mine[0].size):
        block = trained.model.block_size
        st.caption(f"Real {noun}s longer than the net's {block} characters of context are scored in pieces of {block}.")
    if len(mine) > 1:
        ranked = sorted(mine, key=lambda s: s.each if each else s.bits)
        rows = [Row(s.per_character, s.bits, s.size, percentiles[s.name]) for s in ranked]
        uniform = math.log2(len(trained.dataset.vocabulary))
        rows_of_names(f"Your {noun}s, the least surprising first, step {snapshot.step:,}", rows, uniform)


def _standing(words: WordSurprise, hero: NameSurprise, percentile: float, noun: str) -> str:
    """The percentile in words, and among words of the same length, because long ones always cost more."""
    among = f"{percentile:.1f} % of {which(words, noun)} surprise the net less than “{hero.name}”"
    same, n = words.among_its_length(hero.bits, hero.size)
    letters = hero.size - 1
    length = f"of the {n:,} with {letters} characters {same:.1f} %" if n else f"none of them has {letters} characters"
    return f"{among}, {length}."
