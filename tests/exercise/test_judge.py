"""The exercise accepts what is algebraically right, however it is written, and tells what is wrong with the rest."""

import time

import pytest
import torch
from torch import Tensor

from makemore_core.exercise.bench import Bench
from makemore_core.exercise.hints import Hint
from makemore_core.exercise.problems import PROBLEMS, Problem
from makemore_core.exercise.worlds import autograd_gradients, like, world
from tests.backprop.test_lecture_4 import drawn
from tests.reliability.test_fuzz_expressions import ATTACKS

BY_NAME = {problem.name: problem for problem in PROBLEMS}


def screen(parameters: dict[str, Tensor], x: Tensor, y: Tensor) -> Bench:
    shown = world(parameters, x, y)
    return Bench(shown, autograd_gradients(parameters, x, y), like(shown))


@pytest.fixture(scope="module")
def lecture() -> Bench:
    """Lecture 4's network on a batch of 32."""
    return screen(*drawn(V=27, E=10, T=3, H=64, B=32, seed=1, dtype=torch.float32))


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_the_solution_is_right_and_worth_what_the_lecture_computes(problem: Problem, lecture: Bench) -> None:
    verdict = lecture.judge(problem.solution, problem)
    assert verdict.is_right
    assert verdict.result is not None
    assert torch.equal(verdict.result, lecture.shown.right(problem))  # and that equals autograd: test_lecture_4.py
    assert verdict.row is not None
    assert verdict.row.close


RIGHT = [
    ("dlogprobs", "-one_hot(y, V) / n"),
    ("dlogprobs", "dlogprobs = -1/32 * one_hot(y, 27)"),
    ("dlogprobs", "-torch.nn.functional.one_hot(y, num_classes=logprobs.shape[1]) / len(y)"),
    ("dlogprobs", "where(one_hot(y, V) == 1, -1/n, 0)"),
    ("dlogprobs", "-(one_hot(y, V) > 0) / y.shape[0]"),
    ("dprobs", "(1.0 / probs) * dlogprobs"),
    ("dprobs", "dlogprobs * probs**-1"),
    ("dprobs", "dlogprobs * exp(-logprobs)"),
    ("dprobs", "dlogprobs * counts_sum / counts"),
    ("dprobs", "-one_hot(y, V) / (n * probs)"),
    ("dcounts_sum_inv", "sum(dprobs * counts, axis=1, keepdims=True)"),
    ("dcounts_sum_inv", "(counts * dprobs).sum(-1).view(-1, 1)"),
    ("dcounts_sum_inv", "torch.sum(counts * dprobs, dim=1).unsqueeze(1)"),
    ("dcounts_sum_inv", "(counts * dprobs) @ ones_like(b2).view(-1, 1)"),
    ("dcounts_sum_inv", "(counts * dprobs).mean(1, keepdim=True) * V"),
    ("dcounts_sum", "-dcounts_sum_inv / counts_sum**2"),
    ("dcounts_sum", "-counts_sum_inv * counts_sum_inv * dcounts_sum_inv"),
    ("dcounts_sum", "-1 * dcounts_sum_inv * counts_sum_inv.square()"),
    ("dcounts", "dprobs * counts_sum_inv + dcounts_sum * ones_like(counts)"),
    ("dcounts", "dcounts_sum + dprobs / counts_sum"),
    ("dcounts", "ones_like(counts) * dcounts_sum - (-dprobs) * counts_sum_inv"),
    ("dnorm_logits", "dcounts * norm_logits.exp()"),
    ("dnorm_logits", "dcounts * torch.exp(norm_logits)"),
    ("dnorm_logits", "dcounts * probs * counts_sum"),
    ("dnorm_logits", "probs / n + dlogprobs"),
    ("dlogit_maxes", "-dnorm_logits.sum(1, keepdim=True)"),
    ("dlogit_maxes", "(0 - dnorm_logits).sum(1).reshape(len(x), 1)"),
    ("dlogits", "dnorm_logits + F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dlogit_maxes"),
    ("dlogits", "dnorm_logits + (logits == logit_maxes) * dlogit_maxes"),
    ("dlogits", "where(norm_logits == 0, dnorm_logits + dlogit_maxes, dnorm_logits)"),
    ("dlogits", "(probs - one_hot(y, V)) / n"),
    ("dlogits", "(logits.exp() / logits.exp().sum(1, keepdim=True) - one_hot(y, V)) / n"),
    ("dh", "(W2 @ dlogits.T).T"),
    ("dh", "matmul(dlogits, W2.t())"),
    ("dW2", "h.transpose(0, 1) @ dlogits"),
    ("dW2", "(dlogits.T @ h).T"),
    ("db2", "dlogits.mean(0) * n"),
    ("db2", "dlogits.sum(axis=0)"),
    ("db2", "(ones_like(y).view(1, -1) @ dlogits).flatten()"),
    ("dhpreact", "dh - h * h * dh"),
    ("dhpreact", "dh * (1 - tanh(hpreact)**2)"),
    ("dhpreact", "(1 - h) * (1 + h) * dh"),
    ("dhpreact", "dh * 4 / (exp(hpreact) + exp(-hpreact))**2"),
    ("dbngain", "(dhpreact * bnraw).sum(0)"),
    ("dbngain", "(dhpreact * bndiff * bnvar_inv).sum(0)"),
    ("dbnbias", "dhpreact.sum(0, keepdim=True).view(-1)"),
    ("dbnraw", "dhpreact * bngain"),
    ("dbnvar_inv", "sum(dbnraw * bndiff, 0, True)"),
    ("dbnvar", "-0.5 * bnvar_inv**3 * dbnvar_inv"),
    ("dbnvar", "-dbnvar_inv / (2 * (bnvar + 1e-5) * sqrt(bnvar + 1e-5))"),
    ("dbndiff2", "(1.0 / (n - 1)) * ones_like(bndiff2) * dbnvar"),
    ("dbndiff2", "zeros_like(hprebn) + dbnvar / 31"),
    ("dbndiff", "2 * dbndiff2 * bndiff + dbnraw * bnvar_inv"),
    ("dbndiff", "bnvar_inv * dbnraw + 2 * bndiff * dbnvar / (n - 1)"),
    ("dbnmeani", "-dbndiff.sum(0, keepdim=True)"),
    ("dhprebn", "dbndiff + dbnmeani / n"),
    ("dhprebn", "dbndiff - dbndiff.mean(0)"),
    (
        "dhprebn",  # lecture 4, exercise 3
        "bngain * bnvar_inv / n * (n * dhpreact - dhpreact.sum(0) - n / (n - 1) * bnraw * (dhpreact * bnraw).sum(0))",
    ),
    ("dembcat", "(W1 @ dhprebn.T).T"),
    ("dW1", "(dhprebn.T @ embcat).T"),
    ("db1", "sum(dhprebn, 0)"),
    ("db1", "(dbndiff + dbnmeani / n).sum(0)"),
    ("demb", "dembcat.view(32, 3, 10)"),
    ("demb", "dembcat.reshape(len(x), -1, C.shape[1])"),
    ("dC", "one_hot(x.view(-1), V).T @ demb.view(-1, 10)"),
    ("dC", "one_hot(x.flatten(), V).T @ dembcat.view(-1, C.size(1))"),
]


def test_there_are_sixty_of_each() -> None:
    assert min(len(RIGHT), len(WRONG)) >= 60
    assert {name for name, _ in RIGHT} == {name for name, _, _ in WRONG} == set(BY_NAME)


@pytest.mark.parametrize(("name", "text"), RIGHT)
def test_a_right_answer_is_accepted_in_any_form(name: str, text: str, lecture: Bench) -> None:
    verdict = lecture.judge(text, BY_NAME[name])
    assert verdict.is_right, verdict.sentence
    assert verdict.row is not None
    assert verdict.row.max_diff < 1e-5


WRONG = [
    ("dlogprobs", "-one_hot(y, V)", Hint.FACTOR),
    ("dlogprobs", "one_hot(y, V) / n", Hint.SIGN),
    ("dlogprobs", "-1 / n", Hint.SHAPE),
    ("dlogprobs", "-one_hot(y, V) / V", Hint.FACTOR),
    ("dlogprobs", "-logprobs / n", Hint.VALUE),
    ("dprobs", "1 / probs", Hint.UPSTREAM),
    ("dprobs", "dlogprobs", Hint.LOCAL),
    ("dprobs", "dlogprobs * probs", Hint.LOCAL),
    ("dprobs", "-dlogprobs / probs", Hint.SIGN),
    ("dprobs", "dlogprobs / (probs - probs)", Hint.NOT_FINITE),
    ("dprobs", "dprobs", Hint.UNKNOWN),
    ("dprobs", "dlogprob / probs", Hint.UNKNOWN),
    ("dcounts_sum_inv", "counts * dprobs", Hint.SUM),
    ("dcounts_sum_inv", "(counts * dprobs).sum(1)", Hint.KEEPDIM),
    ("dcounts_sum_inv", "(counts * dprobs).sum(0, keepdim=True)", Hint.AXIS),
    ("dcounts_sum_inv", "dprobs.sum(1, keepdim=True)", Hint.LOCAL),
    ("dcounts_sum_inv", "counts.sum(1, keepdim=True)", Hint.FACTOR),  # it comes to -counts_sum / n
    ("dbngain", "bnraw.sum(0)", Hint.UPSTREAM),
    ("dcounts_sum_inv", "(counts * dprobs).mean(1, keepdim=True)", Hint.FACTOR),
    ("dcounts_sum", "counts_sum**-2 * dcounts_sum_inv", Hint.SIGN),
    ("dcounts_sum", "-(counts_sum**-2)", Hint.UPSTREAM),
    ("dcounts_sum", "-(counts_sum**-1) * dcounts_sum_inv", Hint.LOCAL),
    ("dcounts", "counts_sum_inv * dprobs", Hint.BRANCH),
    ("dcounts", "dcounts_sum", Hint.BRANCH),
    ("dcounts", "counts_sum_inv * dprobs - dcounts_sum", Hint.SIGN),
    ("dnorm_logits", "dcounts", Hint.LOCAL),
    ("dnorm_logits", "counts", Hint.UPSTREAM),
    ("dnorm_logits", "norm_logits * dcounts", Hint.LOCAL),
    ("dlogit_maxes", "dnorm_logits.sum(1, keepdim=True)", Hint.SIGN),
    ("dlogit_maxes", "-dnorm_logits.sum(1)", Hint.KEEPDIM),
    ("dlogit_maxes", "0 * logit_maxes", Hint.LUCK),
    ("dlogits", "dnorm_logits", Hint.BRANCH),
    ("dlogits", "dnorm_logits + dlogit_maxes", Hint.LOCAL),
    ("dh", "dlogits @ W2", Hint.TRANSPOSE),
    ("dh", "W2.T @ dlogits", Hint.TRANSPOSE),
    ("dh", "dhpreact @ W2.T", Hint.UNKNOWN),
    ("dh", "dlogits * W2.T", Hint.PRODUCT),
    ("dW2", "dlogits.T @ h", Hint.TRANSPOSE),
    ("dW2", "h @ dlogits", Hint.TRANSPOSE),
    ("dW2", "h.T @ dlogits / n", Hint.FACTOR),
    ("db2", "dlogits", Hint.SUM),
    ("db2", "dlogits.sum(0, keepdim=True)", Hint.KEEPDIM),
    ("db2", "dlogits.sum(1)", Hint.AXIS),
    ("db2", "dlogits.mean(0)", Hint.FACTOR),
    ("dhpreact", "(1 - hpreact**2) * dh", Hint.LOCAL),
    ("dhpreact", "(1 - h) * dh", Hint.LOCAL),
    ("dhpreact", "1 - h**2", Hint.UPSTREAM),
    ("dhpreact", "(1 - h^2) * dh", Hint.UNREADABLE),
    ("dbngain", "bnraw * dhpreact", Hint.SUM),
    ("dbngain", "dhpreact.sum(0)", Hint.LOCAL),
    ("dbnbias", "dhpreact", Hint.SUM),
    ("dbnraw", "dhpreact", Hint.LOCAL),
    ("dbnraw", "bngain", Hint.BROADCAST),
    ("dbnvar_inv", "(bndiff * dbnraw).sum(0)", Hint.KEEPDIM),
    ("dbnvar_inv", "(bnraw * dbnraw).sum(0, keepdim=True)", Hint.LOCAL),
    ("dbnvar", "-0.5 * bnvar**-1.5 * dbnvar_inv", Hint.NEARLY),
    ("dbnvar", "0.5 * (bnvar + 1e-5)**-1.5 * dbnvar_inv", Hint.SIGN),
    ("dbndiff2", "dbnvar / (n - 1)", Hint.BROADCAST),
    ("dbndiff2", "ones_like(bndiff2) * dbnvar / n", Hint.FACTOR),
    ("dbndiff", "bnvar_inv * dbnraw", Hint.BRANCH),
    ("dbndiff", "bnvar_inv * dbnraw + bndiff * dbndiff2", Hint.FACTOR),
    ("dbnmeani", "dbndiff.sum(0, keepdim=True)", Hint.SIGN),
    ("dhprebn", "dbndiff", Hint.BRANCH),
    ("dhprebn", "dbndiff + dbnmeani", Hint.FACTOR),
    ("dembcat", "dhprebn @ W1", Hint.TRANSPOSE),
    ("dW1", "dhprebn.T @ embcat", Hint.TRANSPOSE),
    ("db1", "-dhprebn.sum(0)", Hint.SIGN),
    ("db1", "0 * b1", Hint.LUCK),
    ("demb", "dembcat", Hint.SHAPE),
    ("dC", "demb.sum(1)", Hint.SHAPE),
    ("dC", "one_hot(x.view(-1), V).T @ demb.view(-1, 10) / n", Hint.FACTOR),
]


@pytest.mark.parametrize(("name", "text", "hint"), WRONG)
def test_a_wrong_answer_gets_the_hint_that_helps(name: str, text: str, hint: Hint, lecture: Bench) -> None:
    verdict = lecture.judge(text, BY_NAME[name])
    assert verdict.hint == hint, verdict.sentence
    assert verdict.sentence.endswith((".", "?"))


def test_a_forgotten_gain_is_not_right_only_because_it_still_is_1() -> None:
    parameters, x, y = drawn(V=27, E=10, T=3, H=64, B=32, seed=1, dtype=torch.float32)
    untrained = screen(parameters | {"bngain": torch.ones(64)}, x, y)
    verdict = untrained.judge("dhpreact", BY_NAME["dbnraw"])
    assert verdict.row is not None
    assert verdict.row.close
    assert verdict.hint == Hint.LUCK
    assert "local derivative" in verdict.sentence


def test_constants_that_hit_one_batch_are_refused(lecture: Bench) -> None:
    right = lecture.autograd["db2"]
    text = " + ".join(f"one_hot(y - y + {i}, 27).mean(0) * ({v:.9g})" for i, v in enumerate(right.tolist()[:9]))
    assert not lecture.judge(text, BY_NAME["db2"]).is_right


def test_a_missing_axis_is_shown_at_its_place(lecture: Bench) -> None:
    text = "(counts * dprobs).sum(1)"
    assert lecture.judge(text, BY_NAME["dcounts_sum_inv"]).place == (text.index("sum"), text.index("sum") + 3)


@pytest.mark.parametrize(("V", "E", "T", "H", "B"), [(2, 2, 1, 4, 2), (60, 3, 8, 5, 7), (27, 27, 1, 27, 27)])
def test_the_solutions_are_right_for_other_sizes(V: int, E: int, T: int, H: int, B: int) -> None:
    other = screen(*drawn(V, E, T, H, B, seed=2, dtype=torch.float32))
    assert all(other.judge(problem.solution, problem).is_right for problem in PROBLEMS)


def test_what_may_be_used_is_what_the_lecture_needs() -> None:
    for problem in PROBLEMS:
        assert set(problem.line.needs) <= set(problem.allowed)
        assert problem.name not in problem.allowed
    assert [len(p.uses) for p in PROBLEMS if p.at in ("counts", "logits", "bndiff", "hprebn")] == [2, 2, 2, 2]


def test_hostile_answers_are_judged_in_less_than_a_second() -> None:
    large = screen(*drawn(V=100, E=64, T=8, H=1024, B=32, seed=1, dtype=torch.float32))
    long = [f"dhprebn @ W1.T * 2{' + embcat * 2' * 30}", f"W1 @ dhprebn.T{' + embcat.T.exp()' * 30}"]
    for text in (*ATTACKS, *long):
        begun = time.perf_counter()
        assert not large.judge(text, BY_NAME["dembcat"]).is_right
        assert time.perf_counter() - begun < 1, text
