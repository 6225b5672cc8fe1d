"""The section of sampling: names drawn as the run draws them."""

from makemore_core.eject.lecture import sampling
from makemore_core.eject.part import ModelPart, Part, block, source
from makemore_core.eject.subject import Subject
from makemore_core.sampling import LONGEST_NAME

NAMES = 20


def samples(subject: Subject, model: ModelPart) -> Part:
    """Names drawn as the run draws them."""
    config = subject.last_config.sampling
    by_lecture = config.draw == "multinomial"
    noun = "lines" if subject.dataset.is_text else "names"
    some = config.top_k or config.top_p < 1
    swaps = {} if config.top_k else {"    keep[top_k:] = False\n": ""}
    swaps |= {} if config.top_p < 1 else {LEAST: ""}
    uses = (
        *(("sampling.temperature",) if config.temperature != 1 else ()),
        *(("sampling.top_k",) if config.top_k else ()),
        *(("sampling.top_p",) if config.top_p < 1 else ()),
    )
    return Part(
        "Sampling",
        SAMPLING.format(noun=noun, how=BY_LECTURE if by_lecture else BY_SHARES),
        (
            *((source(sampling.likeliest, swaps),) if some else ()),
            *(() if by_lecture else (source(sampling.draw),)),
            _drawing(subject, model, bool(some)),
        ),
        uses,
    )


LEAST = "    keep &= ranked.cumsum(-1) - ranked < top_p  # the one that crosses the share still counts\n"
SAMPLING = "New {noun}: draw a character, put it into the context, and so on until the boundary comes{how}"
BY_LECTURE = ", as in the lectures."
BY_SHARES = ". Each {} has a row of dice of its own, so that none depends on how many are drawn.".replace(
    "{}", "of them"
)


def _drawing(subject: Subject, model: ModelPart, some: bool) -> str:
    config = subject.last_config.sampling
    by_lecture = config.draw == "multinomial"
    seed = f"g = torch.Generator().manual_seed({config.seed})"
    if by_lecture:
        outer, inner = f"for _ in range({NAMES}):", f"for _ in range({config.longest}):"
        drawn = "ix = torch.multinomial(p, num_samples=1, generator=g).item()"
    else:
        outer = f"for dice in torch.rand(({NAMES}, {LONGEST_NAME}), generator=g):"
        inner = "for number in dice:" if config.longest == LONGEST_NAME else f"for number in dice[:{config.longest}]:"
        drawn = "ix = draw(p, number)"
    heated = "logits / temperature" if config.temperature != 1 else "logits"
    context = "[0]" if model.over_sequences else "[0] * block_size"
    if model.over_sequences:
        logits = "logits = model(torch.tensor([context[-block_size:]]))[0, -1]"
        grown = "context = [*context, ix]"
    else:
        logits = "logits = model(torch.tensor([context]))[0]"
        if model.fixes:
            logits = "logits = model(torch.zeros((1, 0), dtype=torch.long))[0]"
        grown = "" if model.fixes else "context = [*context[1:], ix]"
    return block(
        seed,
        outer,
        f"    name, context = [], {context}",
        f"    {inner}",
        f"        {logits}",
        f"        p = F.softmax({heated}, dim=-1)",
        "        p = likeliest(p)" if some else "",
        f"        {drawn}",
        "        if ix == 0:",
        "            break",
        "        name.append(itos[ix])",
        f"        {grown}" if grown else "",
        '    print("".join(name))',
    )
