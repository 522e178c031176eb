"""E g(T) for T ~ Bin(n, p) as a ball, or as a Taylor polynomial in p.

The weights w_t = C(n,t) p^t (1-p)^(n-t) are summed over a window lo..hi. Outside it g lies in the
ball that the program gives for all of those counts at once, so what is left out is at most that
times their probability. Where ratios of neighbours are below 1 the weights beyond hi add up to at
most w_hi r/(1-r), r = w_(hi+1)/w_hi, which falls with t; likewise below lo.

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

from theorems.evaluate.balls.exact import Exact, Run, ball, plain
from theorems.evaluate.balls.functions import UndecidedError, constant, power1p, sign
from theorems.evaluate.balls.inverse_count import composed

Body = Callable[[Any, Any], Any]

FROM_ZERO = 400
"""Up to this n p the window begins at T = 0."""


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
        if count.key not in known:
            known[count.key] = body(count, feature)
        return known[count.key]

    return remembered


class _Law:
    """The expectation for one g and n."""

    def __init__(self, body: Callable[[Any], Any], n: int) -> None:
        self.body, self.n = body, n

    def value(self, count: int) -> Any:
        """g at a count."""
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
            return self._upward(p, 0, power1p(-p, Exact(n)), arb(0))
        mode = min(n, int(mean))
        at_mode = _weight(n, mode, p)
        return self._upward(p, mode, at_mode, self._downward(p, mode, at_mode))

    def _ends_early(self) -> bool:
        """Whether g is 0 from some count on that is soon reached."""
        return self._ended(FROM_ZERO + 1)

    def _ended(self, count: int) -> bool:
        """Whether g is 0 from a count on."""
        return bool(count <= self.n and self.beyond(count, self.n) == 0)

    def _upward(self, p: Any, first: int, weight: Any, total: Any) -> Any:
        n, odds = self.n, p / (1 - p)
        small = arb(2) ** -(ctx.prec + 8)
        for t in range(first, n + 1):
            total = total + weight * self.value(t)
            if t == n:
                break
            step = odds * fmpq(n - t, t + 1)
            if t % 8 == 0 and self._ended(t + 1):
                return total
            if t % 8 == 0 and sign(1 - step) == 1:
                rest = (weight * step / (1 - step)).union(arb(0)) * self.beyond(t + 1, n)
                if abs(rest) < small * abs(total) or abs(rest) < small**2:
                    return total + rest
            weight = weight * step
        return total

    def _downward(self, p: Any, mode: int, weight: Any) -> Any:
        n, inverse = self.n, (1 - p) / p
        total = arb(0)
        small = arb(2) ** -(ctx.prec + 8)
        for t in range(mode, 0, -1):
            step = inverse * fmpq(t, n - t + 1)
            weight = weight * step
            total += weight * self.value(t - 1)
            if t % 8 == 0 and sign(1 - step) == 1:
                rest = (weight * step / (1 - step)).union(arb(0)) * self.beyond(0, t - 2)
                if abs(rest) < small * abs(total):
                    return total + rest
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


def _weight(n: int, t: int, p: Any) -> Any:
    """C(n, t) p^t (1-p)^(n-t)."""
    return _binomial(n, t) * p ** fmpq(t) * (1 - p) ** fmpq(n - t)
