"""E g(T) for T ~ Bin(n, p) as a ball, or as a Taylor polynomial in p.

The weights w_t = C(n,t) p^t (1-p)^(n-t) are summed from t = 0 on. Beyond the last, g lies in the
ball that the program gives for all of those counts at once, so what is left out is at most that
times their probability: where the ratio r = w_(t+1)/w_t, which falls with t, is below 1, these
weights add up to at most w_t r/(1-r). For large n p runs of counts are summed as one
(`theorems.evaluate.balls.binomial_law`).

As a series in p around p_0 the weights are those of the same formula in series arithmetic. The
coefficients of what is left out are bounded by those of the majorant with (1-p_0+z) for
(1-p_0-z), whose coefficients are not negative: at z = r, for every r > 0,

    |[z^j] w_t(p_0 + z)| <= r^-j C(n,t) (p_0+r)^t (1-p_0+r)^(n-t),

and these again fall geometrically in t beyond hi.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from theorems.evaluate.balls.adaptive import magnitude
from theorems.evaluate.balls.binomial_law import BinomialLaw
from theorems.evaluate.balls.exact import Exact, Run, ball, plain
from theorems.evaluate.balls.functions import UndecidedError, constant, power1p, sign
from theorems.evaluate.balls.inverse_count import composed

Body = Callable[[Any, Any], Any]

FROM_ZERO = 400
"""Up to this n p counts are taken one by one from T = 0."""

LOST = 24
"""Bits of the working precision that sums over counts are not asked for."""

WIDE = 20
"""A ball of p wider than 2^-20 of p is asked for the range of the mean alone."""


def binomial_expectation(
    body: Body, trials: Any, chance: Callable[[Any], Any], feature: Any
) -> Any:
    """E g(T) for T ~ Bin(n, p).

    Args:
        body: g(T, i), finite for T = 0..n.
        trials: n, a whole number >= 1.
        chance: p of a feature, in [0, 1].
        feature: its index, or a run of them.
    """
    n, p = int(trials), plain(chance(feature))
    law = _Law(lambda count: plain(body(count, feature)), n)
    if isinstance(p, arb_series):
        first = arb(constant(p))
        if sign(first) != 1 or sign(1 - first) != 1:
            raise UndecidedError("p reaches 0 or 1 within a run of features")
        return composed(law.series(first), p)
    if isinstance(p, fmpq) and p in (0, 1):
        return body(Exact(n * p), feature)
    return law.at(arb(p))


def counted(body: Body) -> Body:
    """The function of a count, which belongs to no feature, with its values kept."""
    known: dict[Any, Any] = {}

    def remembered(count: Any, feature: Any) -> Any:
        if not isinstance(count, Exact):
            return body(count, feature)
        if count.key not in known:
            known[count.key] = body(count, feature)
        return known[count.key]

    return remembered


class _Law:
    """The expectation for one g and n."""

    def __init__(self, body: Callable[[Any], Any], n: int) -> None:
        self.body, self.n = body, n

    def value(self, count: int) -> Any:
        """G at a count."""
        found = self.body(Exact(count))
        if isinstance(found, arb_series):
            raise UndecidedError("the counted function belongs to a feature")
        return found

    def beyond(self, low: int, high: int) -> Any:
        """A ball that holds g at every count of low..high; 0 where there is none."""
        if high < low:
            return arb(0)
        middle, half = fmpq(low + high, 2), fmpq(high - low, 2)
        found = self.body(Run(arb(arb(middle).mid(), arb(half).upper()), ("counts", low, high)))
        return ball(found)

    def at(self, p: Any) -> Any:
        """The expectation at a number or over a ball inside (0, 1)."""
        if sign(p) != 1 or sign(1 - p) != 1:
            raise UndecidedError("p reaches 0 or 1 within a ball")
        n, mean = self.n, float(self.n * p.mid())
        if mean <= FROM_ZERO or self._ends_early():
            return self._upward(p)
        if magnitude(p.rad()) > magnitude(p) - WIDE:
            # Asked for a range alone.
            return self.beyond(0, n)
        law, bits = BinomialLaw(n, p), ctx.prec - LOST
        return law.sum(lambda count: plain(self.body(count)), bits, 2 * (bits // 5 + 3))

    def _ends_early(self) -> bool:
        """Whether g is 0 from some count on that is soon reached."""
        return self._ended(FROM_ZERO + 1)

    def _ended(self, count: int) -> bool:
        """Whether g is 0 from a count on."""
        return bool(count <= self.n and self.beyond(count, self.n) == 0)

    def _upward(self, p: Any) -> Any:
        n, odds = self.n, p / (1 - p)
        small = arb(2) ** -(ctx.prec + 8)
        weight, total = power1p(-p, Exact(n)), arb(0)
        for t in range(n + 1):
            total = total + weight * self.value(t)
            if t == n or (t % 8 == 0 and self._ended(t + 1)):
                break
            step = odds * fmpq(n - t, t + 1)
            if t % 8 == 0 and sign(1 - step) == 1:
                rest = (weight * step / (1 - step)).union(arb(0)) * self.beyond(t + 1, n)
                if abs(rest) < small * abs(total) or abs(rest) < small**2:
                    return total + rest
            weight = weight * step
        return total

    def series(self, p: Any) -> Any:
        """The Taylor polynomial in p around a number, or around a ball of them."""
        n, mean = self.n, float(self.n * p.upper())
        if mean > 4 * FROM_ZERO and not self._ends_early():
            raise UndecidedError("a window around the mode is not expanded")
        variable = arb_series([p, 1])
        odds = variable / (1 - variable)
        weight = (1 - variable) ** n
        total = weight * self.value(0)
        last = min(n, self._enough(mean))
        for t in range(1, last + 1):
            weight = weight * odds * fmpq(n - t + 1, t)
            found = self.value(t)
            if found != 0:
                total = total + weight * found
        return total + self._left_out(p, last)

    def _enough(self, mean: float) -> int:
        """A count beyond which weights and their coefficients are negligible."""
        end = 0
        while end < min(self.n, FROM_ZERO) and not self._ended(end + 1):
            end = 2 * end + 1
        if self._ended(end + 1):
            return end
        # Majorant at r = p_0: C(n,t) (2 p_0)^t is below (2 e mean/t)^t.
        bits, t = ctx.prec + 8, math.ceil(4 * math.e * mean) + 8
        while t * math.log2(t / (2 * math.e * mean)) < bits + 2 * self.n.bit_length():
            t += 8
        return t

    def _left_out(self, p: Any, last: int) -> Any:
        n = self.n
        if last >= n:
            return arb_series([arb(0)])
        bound = self.beyond(last + 1, n)
        if bound == 0:
            return arb_series([arb(0)])
        top = arb(p.upper())
        # r = p_0: the majorant's weights have odds 2 p_0 : 1.
        weight = _binomial(n, last + 1) * (2 * top) ** (last + 1)
        step = 2 * top * fmpq(n - last - 1, last + 2)
        if not step < 1:
            raise UndecidedError("the window of counts is too short")
        size = weight / (1 - step) * abs(bound)
        bottom = arb(p.lower())
        parts, scale = [], size
        for _ in range(ctx.cap):
            parts.append(scale.union(-scale))
            scale = scale / bottom
        return arb_series(parts)


def _binomial(n: int, t: int) -> Any:
    """C(n, t)."""
    return (arb(n + 1).lgamma() - arb(t + 1).lgamma() - arb(n - t + 1).lgamma()).exp()
