"""What a run may be called: speaking names, because `quiet-otter` is easier to find again than run 17, and tags."""

import re
from collections.abc import Iterable
from random import Random, SystemRandom

from makemore_core.errors import InputError, check_unicode

NAME_RULE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST_TAGS, LONGEST_TAG = 20, 40

ADJECTIVES = (
    "amber bold brave bright brisk calm clever cosy curious daring eager early fair fleet gentle glad golden "
    "happy hardy humble jolly keen kind late lively lucky mellow merry mild misty modest neat nimble noble patient "
    "plain polite proud quick quiet rapid ready shy silent silver sleepy sly snug spry stately steady still sunny "
    "swift tame tender tidy vivid warm wild wise witty young"
)
ANIMALS = (
    "badger beaver bison bittern bobcat bunting carp condor coot crane cricket curlew deer dolphin dove duck eagle "
    "egret falcon ferret finch fox frog gecko goose grouse gull hare hawk heron ibex ibis jay kestrel kite lark lemur "
    "lizard lynx magpie marten mink mole moose moth newt otter owl panda perch pigeon plover puffin quail rabbit raven "
    "robin salmon seal shrew snail sparrow squid stoat stork swan swift tern toad trout turtle vole walrus weasel wren"
)


def speaking_name(chance: Random, taken: set[str]) -> str:
    """An adjective and an animal, with a number behind it once the pair is taken."""
    pair = f"{chance.choice(ADJECTIVES.split())}-{chance.choice(ANIMALS.split())}"
    name, number = pair, 1
    while name in taken:
        number += 1
        name = f"{pair}-{number}"
    return name


def new_name(asked: str, taken: set[str]) -> str:
    """The name that was asked for, or a speaking one if none was; InputError for what is no name, or taken."""
    if not asked:
        return speaking_name(SystemRandom(), taken)
    if not NAME_RULE.fullmatch(asked):
        raise InputError(f"A run's name has 1 to 40 letters a-z, digits and hyphens, but got {asked[:60]!r}.")
    if asked in taken:
        raise InputError(f"There is a run {asked!r} already, listed or deleted; choose another name.")
    return asked


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Each tag once, without odd spaces, in the order of the alphabet; InputError for too many or too long ones."""
    clean = sorted({" ".join(tag.split()) for tag in tags} - {""})
    for tag in clean:
        check_unicode("A tag", tag)
    too_long = next((tag for tag in clean if len(tag) > LONGEST_TAG), None)
    if too_long or len(clean) > MOST_TAGS:
        what = f"one of {len(too_long)} characters" if too_long else f"{len(clean)} of them"
        raise InputError(f"A run has up to {MOST_TAGS} tags of up to {LONGEST_TAG} characters, but got {what}.")
    return clean
