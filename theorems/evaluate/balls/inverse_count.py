"""E[1{T>=1}/T] for T ~ Bin(n, p) as a ball, or as a Taylor polynomial in p.

With q = 1-p and x = p/q the mean is G = q^n H(x), H(x) = sum_t C(n,t) x^t/t. H' = ((1+x)^n - 1)/x,
so that

    G' = -n G/q + (1 - q^n)/(p q),

and the coefficients of G around a p follow from G(p) alone. H grows with x: over a ball of p it
lies between its values at the ends.

At one p: the sum over t, whose terms are positive, up to n p of `SUMMED`; there what is left out
after t falls faster than a geometric series of ratio w_(t+1)/w_t. Above it the integral
int_0^1 ((q + p v)^n - q^n)/v dv: up to v = 1/2 it is at most n p (1 - p/2)^(n-1)/2, since
(q + p v)^n - q^n <= n p v (q + p v)^(n-1); the rest is Arb's own rigorous quadrature.
"""

from __future__ import annotations

from typing import Any

from flint import acb, arb, arb_series, ctx, fmpq

from theorems.evaluate.balls.exact import Exact, plain
from theorems.evaluate.balls.functions import UndecidedError, constant, log1p, power1p, sign

SUMMED = 400
"""Up to this n p the sum is formed term by term."""


def mean_inverse_count(trials: Any, chance: Any) -> Any:
    """E[1{T>=1}/T], T ~ Bin(n, p).

    Args:
        trials: n, a whole number >= 1.
        chance: p in [0, 1]; a series where p is one.
    """
    n, p = int(trials), plain(chance)
    if not isinstance(p, arb_series):
        return _at(n, p)
    first = constant(p)
    if sign(first) != 1 or sign(1 - first) != 1:
        raise UndecidedError("p reaches 0 or 1 within a run of features")
    return composed(_coefficients(n, arb(first)), p)


def composed(coefficients: Any, p: Any) -> Any:
    """A series in p around its constant term, at a series p."""
    return coefficients(arb_series([arb(0), *p.coeffs()[1:]]))


def _coefficients(n: int, first: Any) -> Any:
    """The Taylor polynomial of G around `first`."""
    p = arb_series([first, 1])
    q = 1 - p
    forcing = (1 - q**n) / (p * q)
    decay = n / q
    pushes, decays = forcing.coeffs(), decay.coeffs()
    found = [_at(n, first)]
    for order in range(ctx.cap - 1):
        carried = sum(
            (decays[position] * found[order - position] for position in range(order + 1)),
            start=arb(0),
        )
        found.append((pushes[order] - carried) / (order + 1))
    return arb_series(found)


def _at(n: int, p: Any) -> Any:
    """G at a number or over a ball."""
    if isinstance(p, fmpq):
        if p == 0:
            return Exact(0)
        if p == 1:
            return Exact(fmpq(1, n))
        p = arb(p)
    if sign(1 - p) == 1 and sign(p) == 1:
        low, high = arb(p.lower()), arb(p.upper())
        if float(p.rad()) <= float(p.mid()) * 2.0 ** -(ctx.prec // 2):
            return _point(n, p)
        # G = q^n H with H growing: at the ends, and q^n over the ball.
        values = [_point(n, end) / power1p(-end, Exact(n)) for end in (low, high)]
        return power1p(-p, Exact(n)) * values[0].union(values[1])
    raise UndecidedError("p reaches 0 or 1 within a ball")


def _point(n: int, p: Any) -> Any:
    if float(n * p) > SUMMED:
        return _integral(n, p)
    odds = p / (1 - p)
    weight = n * odds * power1p(-p, Exact(n))
    total = arb(weight)
    for t in range(2, n + 1):
        step = odds * fmpq(n - t + 1, t)
        weight = weight * step
        total += weight / t
        if step < 1:
            rest = weight * step / (1 - step)
            if rest < total * arb(2) ** -(ctx.prec + 4):
                return total + rest.union(arb(0))
    return total


def _integral(n: int, p: Any) -> Any:
    none = power1p(-p, Exact(n))
    q, chance, absent = acb(1 - p), acb(p), acb(none)

    def integrand(v: Any, _: bool) -> Any:
        return ((q + chance * v) ** n - absent) / v

    upper = acb.integral(integrand, acb(fmpq(1, 2)), acb(1)).real
    lower = n * p * ((n - 1) * log1p(-p / 2)).exp() / 2
    return upper + lower.union(arb(0))
