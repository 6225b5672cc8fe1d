"""Where a tab stands in a lesson, and how it comes from station to station; what is done is kept for the person."""

from makemore_core.errors import InputError
from makemore_core.lessons import Lesson, lesson_named
from makemore_core.lessons.lesson import Challenge, Finding, Situation
from makemore_core.lessons.place import Place
from makemore_core.training.learning_table import Done
from pages.ui import session
from pages.ui.manager import learning_desk, run_manager

OPEN = "lesson_open"  # the station at which the action was not done yet when it was seen
IN_TAB = "lesson_done"  # what was done here, also where it cannot be kept


def here() -> Place | None:
    """The station, or the challenges, of the lesson that is on."""
    return Place.read(str(session.kept(session.LESSON, "")))


def done() -> Done:
    """All that this person has done."""
    return learning_desk(session.actor()).done() | session.kept(IN_TAB, {})


def situation() -> Situation:
    """What this tab shows and its user has chosen, now."""
    run, draft, actor = session.current_run() if session.progress() else None, session.draft(), session.actor()
    row = run_manager().row(run) if run else None
    return Situation(
        page=session.open_page_name(),
        preset=draft.preset,
        draft=draft.config,
        lab=session.lab().config,
        row=row,
        config=run_manager().config(run) if run else None,
        snapshot=run_manager().snapshot(run) if run else None,
        choices=session.choices(),
        name=session.typed("my_name"),
        is_mine=row is None or not actor.key or actor.owns(row.owner),
    )


def is_done(place: Place, now: Situation) -> bool:
    """Whether the station's action is done, whenever that was; what a deleted file leaves open is not."""
    try:
        return place.station is not None and place.station.done(now)
    except InputError:
        return False


def moved_on() -> bool:
    """Go to the next station if this one's action was done since it was seen.

    One that was done before stays where it is, for its text to be read, and offers the way on.
    """
    place = here()
    if place is None or place.station is None:
        return False
    if not is_done(place, situation()):
        session.select(OPEN, place.spelled)
        return False
    if session.kept(OPEN, "") != place.spelled:
        return False
    go_on(place)
    return True


def go_on(place: Place) -> None:
    """The action is done: keep that, and stand at the next station."""
    if place.station is not None:
        keep(place.lesson, place.station.name)
    go(place.next)


def keep(lesson: Lesson, part: str, words: str = "") -> None:
    """A part is done; where nobody can write or no name was said yet, this tab alone remembers it."""
    session.select(IN_TAB, {(lesson.name, part): words} | session.kept(IN_TAB, {}))
    try:
        learning_desk(session.actor()).keep(lesson.name, part, words)
    except InputError:
        return


def go(place: Place | None) -> None:
    """Stand somewhere else; nowhere ends the lesson in this tab.

    Who acts before the card is drawn has acted since: whether there is something left to do is asked now.
    """
    session.select(session.LESSON, place.spelled if place else "")
    session.select(OPEN, place.spelled if place and not is_done(place, situation()) else "")
    session.publish()


def begin(name: str) -> None:
    """Stand where this person has left the lesson, else at its first station, with its settings.

    Who goes on before a run keeps what is there.
    """
    lesson = lesson_named(name)
    place = Place.reached(lesson, done())
    if place.number == 0 or session.current_run() is None:
        session.choose_preset(lesson.preset)
        for path, value in lesson.changes.items():
            session.change(path, value)
        session.choose_run(None)
    go(place)


def take_challenge(name: str) -> None:
    """Stand behind the last station, where the challenges are measured."""
    lesson = lesson_named(name)
    go(Place(lesson, len(lesson.stations)))


def measured(lesson: Lesson, challenge: Challenge, met: Done) -> Finding:
    """What was measured when it was met, else what there is now; met for the first time, it is kept."""
    if (lesson.name, challenge.name) in met:
        return Finding(True, met[lesson.name, challenge.name])
    try:
        finding = challenge.measure(situation())
    except InputError as error:
        return Finding(False, str(error))
    if finding.is_met:
        keep(lesson, challenge.name, finding.words)
    return finding
