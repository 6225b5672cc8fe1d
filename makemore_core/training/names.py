"""Speaking names for runs: `quiet-otter` is easier to find again than run 17."""

from random import Random

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
