"""What one tab has done of the exercise: progress, which the URL carries through a reload, answers and hints."""

from makemore_core.exercise.problems import PROBLEMS
from makemore_core.exercise.progress import OPEN, Progress
from pages.ui import session

STRIP, FIELD = "exercise_strip", "answer_field"
MOST_HINTS = 2  # that can be asked for, beside the verdict's own
CHOSEN, BEFORE = "exercise_problem", "exercise_before"


def progress() -> Progress:
    """How far the learner has come through the 26."""
    return Progress.read(session.kept(session.EXERCISE, ""))


def keep(new: Progress) -> None:
    """Remember it, here and in the URL."""
    if new != progress():
        session.select(session.EXERCISE, new.spelled)
        session.publish()


def chosen() -> int:
    """The number of the gradient that is asked for: the first that is open, until another was chosen."""
    number = session.kept(CHOSEN, None)
    return number if number is not None else progress().next_open() or 0


def choose(number: int) -> None:
    """Ask for another gradient."""
    session.select(CHOSEN, number)


def clicked() -> None:
    """The callback of the row of problems."""
    number = session.said(STRIP, "problem")
    if number is not None:
        choose(int(number))


def answer(number: int) -> str:
    """What was handed in for a gradient."""
    return session.kept(f"answer {number}", "")


def handed_in() -> None:
    """The callback of the line that is typed. Enter on an answer that is right already goes on to the next."""
    text, number = session.said(FIELD, "answer"), chosen()
    if text is None:
        return
    following = progress().next_open(number)
    if text == answer(number) and progress().state(number) != OPEN and following is not None:
        choose(following)
    else:
        session.select(f"answer {number}", text)
        choose(number)


def hints(number: int) -> int:
    """How many hints were asked for."""
    return session.kept(f"hints {number}", 0)


def ask_for_hint() -> None:
    """One more for the gradient that is asked for."""
    choose(chosen())
    session.select(f"hints {chosen()}", min(MOST_HINTS, hints(chosen()) + 1))


def reveal() -> None:
    """Look the solution up."""
    choose(chosen())
    keep(progress().with_revealed(chosen()))


def can_take_back() -> bool:
    """Whether the learner has just started again."""
    return not progress().spelled and bool(session.kept(BEFORE, ""))


def start_again() -> None:
    """Forget what was found, typed and asked for; take_back() brings the progress back."""
    session.select(BEFORE, progress().spelled)
    for number in range(len(PROBLEMS)):
        session.select(f"answer {number}", "")
        session.select(f"hints {number}", 0)
    choose(0)
    keep(Progress())


def take_back() -> None:
    """What was found counts again."""
    keep(Progress.read(session.kept(BEFORE, "")))
