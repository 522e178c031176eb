"""Learners on tiny models, in rational arithmetic, with their exact losses and stability.

A learner maps a training set to a finite law of predictors; a predictor is the tuple of its values
at all 3^d test points, so that it may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import prod

Row = tuple[int, ...]
Design = tuple[Row, ...]
Labels = tuple[Fraction, ...]
Predictor = tuple[Fraction, ...]
Law = dict[Predictor, Fraction]
Learner = Callable[[Design, Labels], Law]
Vector = tuple[Fraction, ...]

ZERO, ONE = Fraction(0), Fraction(1)


@cache
def points(d: int) -> tuple[Row, ...]:
    """All test points."""
    return tuple(product((-1, 0, 1), repeat=d))


def weight(row: Row, p: Vector) -> Fraction:
    """Probability of a row."""
    return prod((q / 2 if x else 1 - q for x, q in zip(row, p, strict=True)), start=ONE)


def designs(n: int, p: Vector) -> Iterator[tuple[Design, Fraction]]:
    """All designs with their probabilities."""
    for rows in product(points(len(p)), repeat=n):
        yield rows, prod((weight(row, p) for row in rows), start=ONE)


def dot(row: Row, beta: Vector) -> Fraction:
    return sum((x * b for x, b in zip(row, beta, strict=True)), ZERO)


@cache
def linear(beta: Vector) -> Predictor:
    """The predictor <beta, x>."""
    return tuple(dot(x, beta) for x in points(len(beta)))


@cache
def solve(A: tuple[Vector, ...], right: Vector) -> Vector:
    """Solution of a consistent symmetric system, free variables 0."""
    size = len(A)
    work = [[*row, value] for row, value in zip(A, right, strict=True)]
    pivots: list[int] = []
    for column in range(size):
        at = next((r for r in range(len(pivots), size) if work[r][column]), None)
        if at is None:
            continue
        top = len(pivots)
        work[top], work[at] = work[at], work[top]
        work[top] = [x / work[top][column] for x in work[top]]
        for other in range(size):
            if other != top and work[other][column]:
                factor = work[other][column]
                work[other] = [x - factor * y for x, y in zip(work[other], work[top], strict=True)]
        pivots.append(column)
    found = [ZERO] * size
    for row, column in enumerate(pivots):
        found[column] = work[row][-1]
    return tuple(found)


def gram(X: Design) -> tuple[Vector, ...]:
    return tuple(
        tuple(Fraction(sum(a * b for a, b in zip(x, y, strict=True))) for y in X) for x in X
    )


def back(X: Design, dual: Vector, d: int) -> Vector:
    return tuple(sum((row[j] * a for row, a in zip(X, dual, strict=True)), ZERO) for j in range(d))


@cache
def minimum_norm(X: Design, y: Labels, d: int) -> Vector:
    """X' K^+ y through K^2 a = K y, which is consistent for any y."""
    if not X:
        return (ZERO,) * d
    K = gram(X)
    squared = tuple(
        tuple(sum((a * b for a, b in zip(r, c, strict=True)), ZERO) for c in K) for r in K
    )
    right = tuple(sum((k * value for k, value in zip(row, y, strict=True)), ZERO) for row in K)
    return back(X, solve(squared, right), d)


@cache
def ridge(X: Design, y: Labels, d: int, penalty: Fraction) -> Vector:
    """X' (K + penalty)^-1 y."""
    shifted = tuple(
        tuple(value + penalty * (r == c) for c, value in enumerate(row))
        for r, row in enumerate(gram(X))
    )
    return back(X, solve(shifted, y), d)


def mixed(parts: Iterator[tuple[Predictor, Fraction]]) -> Law:
    law: Law = {}
    for predictor, chance in parts:
        if chance:
            law[predictor] = law.get(predictor, ZERO) + chance
    return law


def distance(P: Law, Q: Law) -> Fraction:
    """Total variation."""
    return sum((abs(P.get(f, ZERO) - Q.get(f, ZERO)) for f in P.keys() | Q.keys()), ZERO) / 2


def subsets(n: int, share: Fraction) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    for size in range(n + 1):
        for kept in combinations(range(n), size):
            yield kept, share**size * (1 - share) ** (n - size)


def subsampled(share: Fraction) -> Learner:
    def learn(X: Design, y: Labels) -> Law:
        d = len(X[0])
        return mixed(
            (
                linear(
                    minimum_norm(
                        tuple(X[row_at] for row_at in kept), tuple(y[row_at] for row_at in kept), d
                    )
                ),
                chance,
            )
            for kept, chance in subsets(len(X), share)
        )

    return learn


def constant(X: Design, y: Labels) -> Law:
    return {linear((ZERO,) * len(X[0])): ONE}


def interpolating(X: Design, y: Labels) -> Law:
    return {linear(minimum_norm(X, y, len(X[0]))): ONE}


def ridged(penalty: Fraction) -> Learner:
    return lambda X, y: {linear(ridge(X, y, len(X[0]), penalty)): ONE}


def all_or_nothing(share: Fraction) -> Learner:
    """Memorize everything with this probability, nothing else."""

    def learn(X: Design, y: Labels) -> Law:
        return mixed(iter([(*interpolating(X, y), share), (*constant(X, y), 1 - share)]))

    return learn


def imputed(share: Fraction) -> Learner:
    """Ridge of labels each of which is kept with this probability and 0 otherwise."""

    def learn(X: Design, y: Labels) -> Law:
        n, d = len(X), len(X[0])
        return mixed(
            (
                linear(
                    ridge(
                        X,
                        tuple(y[row_at] if row_at in kept else ZERO for row_at in range(n)),
                        d,
                        ONE,
                    )
                ),
                chance,
            )
            for kept, chance in subsets(n, share)
        )

    return learn


def neighbour(share: Fraction) -> Learner:
    """The label of the first revealed sample equal to x or -x, else 0: not linear."""

    def learn(X: Design, y: Labels) -> Law:
        n, d = len(X), len(X[0])

        def value(kept: tuple[int, ...], x: Row) -> Fraction:
            for row_at in kept:
                if X[row_at] == x:
                    return y[row_at]
                if X[row_at] == tuple(-entry for entry in x):
                    return -y[row_at]
            return ZERO

        return mixed(
            (tuple(value(kept, x) for x in points(d)), chance) for kept, chance in subsets(n, share)
        )

    return learn


def reading_off(share: Fraction) -> Learner:
    """For each feature one of its labels, drawn at random, with probability min(1, share T)."""

    def learn(X: Design, y: Labels) -> Law:
        d = len(X[0])
        choices: list[list[tuple[Fraction, Fraction]]] = []
        for j in range(d):
            rows = [row_at for row_at in range(len(X)) if X[row_at][j]]
            chance = min(ONE, share * len(rows))
            read = [(X[row_at][j] * y[row_at], chance / len(rows)) for row_at in rows]
            choices.append([*read, (ZERO, 1 - chance)])
        return mixed(
            (linear(tuple(b for b, _ in chosen)), prod((q for _, q in chosen), start=ONE))
            for chosen in product(*choices)
        )

    return learn


def worlds(strengths: Vector) -> Iterator[Vector]:
    """All sign patterns."""
    for signs in product((1, -1), repeat=len(strengths)):
        yield tuple(s * b for s, b in zip(signs, strengths, strict=True))


@cache
def loss(f: Predictor, beta: Vector, p: Vector) -> Fraction:
    """E_x (f(x) - <beta, x>)^2."""
    return sum(
        (
            weight(x, p) * (value - dot(x, beta)) ** 2
            for x, value in zip(points(len(p)), f, strict=True)
        ),
        ZERO,
    )


def expected_loss(learner: Learner, n: int, p: Vector, strengths: Vector) -> Fraction:
    """Over designs, the learner's randomness and fair signs of beta*."""
    total = ZERO
    every = list(worlds(strengths))
    for X, chance in designs(n, p):
        for beta in every:
            law = learner(X, tuple(dot(row, beta) for row in X))
            total += chance * sum((q * loss(f, beta, p) for f, q in law.items()), ZERO)
    return total / len(every)


def stability(learner: Learner, n: int, p: Vector, strengths: Vector) -> Fraction:
    """The largest total variation over all designs and all pairs of label vectors, of values that
    signs of beta* can give row by row, that differ in one label."""
    worst = ZERO
    for X, _ in designs(n, p):
        values = [sorted({dot(row, beta) for beta in worlds(strengths)}) for row in X]
        laws = {y: learner(X, y) for y in product(*values)}
        for y, law in laws.items():
            for row_at in range(n):
                for other in values[row_at]:
                    if other > y[row_at]:
                        worst = max(
                            worst, distance(law, laws[(*y[:row_at], other, *y[row_at + 1 :])])
                        )
    return worst
