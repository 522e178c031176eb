// What the printed functions call: reductions over features, binomial means, a fixed point.
// No formula of a statement is in here; those are printed from the symbolic expressions.
// `library` has gamma, lgam, igam, igamc, expn and psi of the library cephes.
function longtailRuntime(library) {
  "use strict";
  // The library throws where a function has no value or leaves the range of doubles.
  const told = (error) => (/underflow/.test(error.message) ? 0 : /overflow/.test(error.message) ? Infinity : NaN);
  const quiet = (f) => (...at) => { try { return f(...at); } catch (error) { return told(error); } };
  const special = Object.fromEntries(["gamma", "lgam", "igam", "igamc", "expn", "psi"].map((name) => [name, quiet(library[name])]));
  const gamma = (x) => (x === 0 ? Infinity : special.gamma(x));
  const { pow, exp, log, log1p, expm1, sqrt, floor, ceil, abs, min, max, PI, cos } = Math;

  // (1 + x)^exponent without rounding 1 + x; below x = -1 the sign is cos(pi exponent).
  function power1p(x, exponent) {
    if (exponent === 0) { return 1; }
    if (x >= -1) { return exp(exponent * log1p(x)); }
    return exp(exponent * log1p(-2 - x)) * cos(PI * exponent);
  }

  function power1p_difference(x, y, exponent) {
    if (x < -1 || y < -1) { return power1p(x, exponent) - power1p(y, exponent); }
    const high = max(x, y), low = min(x, y);
    const share = high > -1 ? (low - high) / (1 + high) : 0;
    const size = power1p(high, exponent) * -expm1(exponent * log1p(max(share, -1)));
    return x >= y ? size : -size;
  }

  // x - log(1 + x); the series where it would cancel.
  function log1p_gap(x) {
    if (!(x < 0.05)) { return x - log1p(x); }
    let series = 0;
    for (let order = 13; order > 1; order -= 1) { series = (order % 2 ? -1 : 1) / order + x * series; }
    return x * x * series;
  }

  // Values at the first indices are kept, and the last one elsewhere.
  const KEPT = 2048;
  function remember(f) {
    const first = new Float64Array(KEPT).fill(NaN);
    let at = NaN, value = NaN;
    return (i) => {
      if (i < KEPT && i === floor(i)) {
        const known = first[i];
        return known === known ? known : (first[i] = f(i));
      }
      if (i !== at) { at = i; value = f(i); }
      return value;
    };
  }

  // Gauss-Legendre nodes and weights on [-1, 1], by Newton's method on the polynomial.
  function gaussLegendre(count) {
    const nodes = [], weights = [];
    for (let place = 0; place < count; place += 1) {
      let x = cos((PI * (place + 0.75)) / (count + 0.5)), slope = 1;
      for (let step = 0; step < 60; step += 1) {
        let before = 1, now = x;
        for (let degree = 2; degree <= count; degree += 1) {
          [before, now] = [now, ((2 * degree - 1) * x * now - (degree - 1) * before) / degree];
        }
        slope = (count * (x * now - before)) / (x * x - 1);
        const change = now / slope;
        x -= change;
        if (abs(change) < 1e-16) { break; }
      }
      nodes.push(x);
      weights.push(2 / ((1 - x * x) * slope * slope));
    }
    return [nodes, weights];
  }
  const [GAUSS, GAUSS_WEIGHTS] = gaussLegendre(16);

  // A sum over low..high: the first EXACT indices one by one, then the integral over
  // [first - 1/2, last + 1/2] in panels of a fixed ratio, with the first two corrections of
  // Euler and Maclaurin, whose derivatives are differences over neighbouring features.
  // A search over k looks at many sums and needs fewer digits of each.
  const PRECISE = { exact: 768, ratio: 1.25, agreement: 1e-12, negligible: 45, points: 24, step: 1e-5 };
  const ROUGH = { exact: 96, ratio: 1.8, agreement: 1e-6, negligible: 20, points: 12, step: 1e-2 };
  const EXACT = PRECISE.exact, LEAST_THINNED = 200;
  let digits = PRECISE, everyFeature = false;
  const built = new Map();

  function lastAlone(low, high) {
    return high - low < digits.exact + LEAST_THINNED || everyFeature ? high : low + digits.exact - 1;
  }

  function panels(left, right) {
    const found = [];
    while (left < right) {
      // An edge lies between two features, so that a panel may be summed one by one instead.
      const end = min(right, floor(left * digits.ratio) + 0.5);
      found.push([left, end]);
      left = end;
    }
    return found;
  }

  function nodes(low, high) {
    const key = `${low} ${high} ${everyFeature} ${digits.exact}`;
    let found = built.get(key);
    if (found) { return found; }
    const x = [], w = [];
    const add = (at, weight) => { x.push(at); w.push(weight); };
    const last = lastAlone(low, high);
    for (let at = low; at <= last; at += 1) { add(at, 1); }
    if (last < high) {
      for (const [left, right] of panels(last + 0.5, high + 0.5)) {
        const half = (right - left) / 2;
        GAUSS.forEach((node, place) => add(left + half * (1 + node), half * GAUSS_WEIGHTS[place]));
      }
      const third = 17 / 5760, first = 1 / 24 + 3 * third, size = last - low;
      w[size - 1] += third;
      w[size] -= first;
      add(last + 1, first);
      add(last + 2, -third);
      add(high, -(1 + 1 + 23 / 24) / 24);
      add(high - 1, (1 + 2 + (3 * 23) / 24) / 24);
      add(high - 2, -(1 + (3 * 23) / 24) / 24);
      add(high - 3, 23 / 24 / 24);
    }
    found = { x: Float64Array.from(x), w: Float64Array.from(w) };
    if (built.size > 64) { built.clear(); }
    built.set(key, found);
    return found;
  }

  function sum_over(term, low, high) {
    if (high < low) { return 0; }
    const { x, w } = nodes(low, high);
    // Neumaier's sum: its error does not grow with the number of terms.
    let total = 0, lost = 0;
    for (let at = 0; at < x.length; at += 1) {
      const part = w[at] * term(x[at]), next = total + part;
      lost += abs(total) >= abs(part) ? total - next + part : part - next + total;
      total = next;
    }
    return lost === lost ? total + lost : total;
  }

  // Sum of term(i) term(j) over i < j. Beyond the first features many are alike, so that their squares
  // are a small part of the square of their sum; the first are multiplied one by one.
  function pairs_over(term, low, high) {
    if (high < low) { return 0; }
    const last = lastAlone(low, high);
    let before = 0, total = 0;
    for (let at = low; at <= last; at += 1) {
      const value = term(at);
      total += before * value;
      before += value;
    }
    if (last === high) { return total; }
    const rest = sum_over(term, last + 1, high);
    const squares = sum_over((at) => term(at) ** 2, last + 1, high);
    return total + before * rest + max(0, rest * rest - squares) / 2;
  }

  // The same of a term with kinks: a panel that its two halves contradict is halved, and summed
  // one by one when it is narrow.
  const NARROW = 40;
  function sum_over_kinks(term, low, high) {
    if (high < low) { return 0; }
    const last = lastAlone(low, high);
    let total = 0;
    for (let at = low; at <= last; at += 1) { total += term(at); }
    if (last === high) { return total; }
    const slope = (edge, way) => {
      const at = edge - way / 2;
      const f = [0, 1, 2, 3].map((step) => term(at - way * step));
      const one = f[0] - f[1], two = f[0] - 2 * f[1] + f[2], three = f[0] - 3 * f[1] + 3 * f[2] - f[3];
      return way * (one + two + (23 / 24) * three);
    };
    const smooth = (left, right) => {
      const half = (right - left) / 2;
      let found = 0;
      GAUSS.forEach((node, place) => { found += half * GAUSS_WEIGHTS[place] * term(left + half * (1 + node)); });
      return found - (slope(right, 1) - slope(left, -1)) / 24;
    };
    const refined = (left, right, known) => {
      if (right - left <= NARROW) {
        let found = 0;
        for (let at = left + 0.5; at < right; at += 1) { found += term(at); }
        return found;
      }
      const middle = floor((left + right) / 2) + 0.5;
      const first = smooth(left, middle), second = smooth(middle, right);
      if (abs(first + second - known) <= 1e-13 * scale) { return first + second; }
      return refined(left, middle, first) + refined(middle, right, second);
    };
    const parts = panels(last + 0.5, high + 0.5).map(([left, right]) => [left, right, smooth(left, right)]);
    const scale = abs(total) + parts.reduce((sum, part) => sum + abs(part[2]), 0);
    return parts.reduce((sum, part) => sum + refined(...part), total);
  }

  // Sum of log |1 + term|, with the sign of the product; null where a factor is 0.
  function logarithm(term, low, high) {
    let sign = 1, zero = false;
    const total = sum_over((i) => {
      const value = term(i);
      if (value > -1) { return log1p(value); }
      if (value === -1) { zero = true; return 0; }
      sign = -sign;
      return log(-1 - value);
    }, low, high);
    return zero ? null : [total, sign];
  }

  function product1p_over(term, low, high) {
    const found = logarithm(term, low, high);
    return found === null ? 0 : found[1] * exp(found[0]);
  }

  function product1p_minus1_over(term, low, high) {
    const found = logarithm(term, low, high);
    if (found === null) { return -1; }
    return found[1] === 1 ? expm1(found[0]) : -exp(found[0]) - 1;
  }

  // The limit of x -> f(x) of an increasing map from a point above it, with secant steps.
  function fixed_point(f, start) {
    const epsilon = Number.EPSILON;
    let x = start, image = f(start);
    for (let round = 0; round < 5000; round += 1) {
      if (abs(image - x) <= 4 * epsilon * abs(image)) { return image; }
      const following = f(image), slope = (following - image) / (image - x);
      x = image;
      image = following;
      if (abs(image - x) > 4 * epsilon * abs(image) && slope >= 0 && slope < 0.75) {
        const candidate = x + (image - x) / (1 - slope), value = f(candidate);
        if (value <= candidate) { x = candidate; image = value; }
      }
    }
    return NaN;
  }

  const { binomial_mean_expm1, binomial_expectation, mean_inverse_count } = longtailBinomial(special, () => digits);

  // Gamma(a, x) for any a: the shape is raised where the library wants it positive.
  const { LOWEST_SHAPE, HIGHEST_SHAPE } = longtailNumbers;
  function uppergamma(shape, x) {
    if (!(shape >= LOWEST_SHAPE && shape <= HIGHEST_SHAPE)) { return NaN; }
    if (shape > 0) { return special.igamc(shape, x) * gamma(shape); }
    if (shape === 0) { return special.expn(1, x); }
    return (uppergamma(shape + 1, x) - pow(x, shape) * exp(-x)) / shape;
  }

  return {
    sum_over, sum_over_kinks, pairs_over, product1p_over, product1p_minus1_over, fixed_point,
    binomial_mean_expm1, binomial_expectation, mean_inverse_count,
    power1p, power1p_difference, log1p_gap, remember, uppergamma,
    product_over: (term, low, high) => product1p_over((i) => term(i) - 1, low, high),
    lowergamma: (shape, x) => special.igam(shape, x) * gamma(shape),
    gamma,
    loggamma: special.lgam,
    polygamma: (order, x) => (order === 0 ? special.psi(x) : NaN),
    ratio: (top, bottom) => top / bottom,
    undefined_: () => NaN,
    minimum: min, maximum: max, ceiling: ceil, Abs: abs,
    pow, exp, log, log1p, expm1, sqrt, floor, pi: PI, euler_gamma: 0.5772156649015329,
    // Whether sums visit every feature: where p_i is capped at 1 beyond the first few hundred.
    // Runs a search with fewer digits.
    roughly: (search) => { digits = ROUGH; try { return search(); } finally { digits = PRECISE; } },
    visitEveryFeature: (every) => { everyFeature = every; },
    EXACT,
  };
}
