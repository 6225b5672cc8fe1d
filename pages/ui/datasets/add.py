"""Add a data set of one's own: upload a file or paste a list, see what would be learnt, then keep it."""

from functools import partial
from pathlib import PurePath

import streamlit as st

from makemore_core.catalogue import CATALOGUE
from makemore_core.data.decoding import AUTO, ENCODINGS
from makemore_core.data.own import TEXT, WORDS, free_name, keep
from makemore_core.errors import InputError
from pages.ui import session
from pages.ui.datasets.answers import added, counts_in_words
from pages.ui.datasets.keep_button import keep_button
from pages.ui.datasets.literally import literally
from pages.ui.inside.choices import choose_from, choose_one_of_few
from pages.ui.literal import literal

UPLOAD, PASTE = "Upload a file", "Paste it"
KINDS = {WORDS: "Names, one a line", TEXT: "Running text"}
PASTED = "a pasted text"
SHOWN, MOST_OF_ALPHABET = 30, 200
TIMES = "own_added"  # a new number empties the widgets


def add() -> None:
    """The form, and a preview of what it would keep."""
    st.markdown("**Add your own**")
    with st.container(horizontal=True, key="add_choices"):
        way = choose_one_of_few("own_way", "From", (UPLOAD, PASTE), label_visibility="collapsed")
        kind = choose_one_of_few(
            "own_kind", "What it is", tuple(KINDS), KINDS.__getitem__, label_visibility="collapsed"
        )
    content, origin = {UPLOAD: _uploaded, PASTE: _pasted}[way]()
    if content is None:
        st.caption(
            "It stays on this machine, beside your runs. Text of any alphabet; nothing is kept before you say so."
        )
        return
    encoding = (
        choose_from("own_encoding", "Encoding", tuple(ENCODINGS), ENCODINGS.__getitem__, 340) if way == UPLOAD else AUTO
    )
    try:
        _preview(content, origin, kind, encoding)
    except InputError as error:
        st.warning(literal(str(error)), icon=":material/block:")


def _uploaded() -> tuple[bytes | None, str]:
    file = st.file_uploader("A text file", key=f"upload-{session.kept(TIMES, 0)}", label_visibility="collapsed")
    return (file.getvalue(), file.name) if file else (None, "")


def _pasted() -> tuple[bytes | None, str]:
    text = st.text_area(
        "One name on each line, or a text",
        key=f"paste-{session.kept(TIMES, 0)}",
        height=220,
        placeholder="emma\nolivia\n…",
    )
    return (text.encode("utf-8", "surrogatepass"), PASTED) if text else (None, "")


def _preview(content: bytes, origin: str, kind: str, encoding: str) -> None:
    """What the net would learn from it. InputError for what is no text."""
    material, faults = added(content, origin, kind, encoding)
    dataset = material.dataset
    alphabet = "".join(dataset.vocabulary.characters)
    st.markdown(f"{counts_in_words(dataset, len(dataset.vocabulary))} with the end of a {dataset.noun}.")
    words = "".join(f"<i>{literally(word)}</i> " for word in dataset.words[:SHOWN])
    st.html(
        f"<section class='names {dataset.noun}s samples'><div class='list'><p>{words}</p></div></section>"
        f"<section class='alphabet'>{literally(alphabet, MOST_OF_ALPHABET)}</section>"
    )
    if faults:
        st.caption(f"Lint finds {faults} fault{'s' if faults > 1 else ''}; once it is kept you can look and mend.")
    wish = free_name(PurePath(origin).stem if origin != PASTED else "my-names", tuple(CATALOGUE))
    keep_button("own_name", "Name", wish, "Keep it", partial(_keep, material.text, kind, origin))


def _keep(text: str, kind: str, origin: str, name: str) -> None:
    own = keep(name, text, kind, origin, tuple(CATALOGUE))
    session.select(TIMES, session.kept(TIMES, 0) + 1)
    session.select("own_encoding", AUTO)
    session.select("data_set", own.name)
