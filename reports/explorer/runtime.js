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

  // Binomial weights P(T = first), P(T = first + 1), ... outside which less than 1e-18 lies.
  const LEFT_OUT = 1e-18, FROM_ZERO = 650;
  function binomial(n, p) {
    if (p >= 1) { return [n, [1]]; }
    if (!(p > 0)) { return [0, [1]]; }
    const mean = n * p, odds = p / (1 - p);
    if (-n * log1p(-p) <= FROM_ZERO) {
      const weights = [exp(n * log1p(-p))], least = LEFT_OUT * 1e-4 * min(1, mean);
      for (let t = 1; t <= n; t += 1) {
        const weight = (weights[t - 1] * odds * (n - t + 1)) / t;
        weights.push(weight);
        if (t > mean && weight < least) { break; }
      }
      return [0, weights];
    }
    const size = log(2 / LEFT_OUT), variance = mean * (1 - p);
    const width = size / 3 + sqrt((size * size) / 9 + 2 * variance * size);
    const low = max(0, floor(mean - width)), high = min(n, ceil(mean + width));
    const mode = min(max(floor((n + 1) * p), low), high);
    const weights = new Float64Array(high - low + 1);
    weights[mode - low] = 1;
    let total = 1;
    for (let t = mode + 1; t <= high; t += 1) {
      total += weights[t - low] = (weights[t - 1 - low] * odds * (n - t + 1)) / t;
    }
    for (let t = mode; t > low; t -= 1) {
      total += weights[t - 1 - low] = (weights[t - low] * t) / ((n - t + 1) * odds);
    }
    return [low, weights.map((weight) => weight / total)];
  }

  function binomial_expectation(body, trials, chance, feature) {
    const [first, weights] = binomial(trials, chance(feature));
    let total = 0;
    for (let at = 0; at < weights.length; at += 1) { total += weights[at] * body(first + at, feature); }
    return total;
  }

  // E[1{T >= 1}/T]: every term is positive, so nothing cancels.
  function mean_inverse_count(n, p) {
    const [first, weights] = binomial(n, p);
    let total = 0;
    for (let at = first ? 0 : 1; at < weights.length; at += 1) { total += weights[at] / (first + at); }
    return total;
  }

  // Loader's form of the binomial weight's logarithm, which keeps its digits for large n.
  function stirlingError(n) {
    if (n < 16) { return n === 0 ? 0 : special.lgam(n + 1) - (n + 0.5) * log(n) + n - log(2 * PI) / 2; }
    const square = 1 / (n * n);
    return (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / n;
  }
  function deviance(x, mean) { return mean * bend((x - mean) / mean); }
  // (1 + v) log(1 + v) - v
  function bend(v) {
    if (abs(v) > 0.1) { return v === -1 ? 1 : (1 + v) * log1p(v) - v; }
    let total = 0, power = v;
    for (let order = 2; order < 40; order += 1) {
      power *= v;
      const part = ((order % 2 ? -1 : 1) * power) / (order * (order - 1));
      total += part;
      if (abs(part) < 1e-18 * abs(total)) { break; }
    }
    return total;
  }
  function logWeight(m, n, p) {
    if (m === 0) { return n * log1p(-p); }
    if (m === n) { return n * log(p); }
    return stirlingError(n) - stirlingError(m) - stirlingError(n - m) - deviance(m, n * p)
      - deviance(n - m, n * (1 - p)) + 0.5 * log(n / (2 * PI * m * (n - m)));
  }

  // E[e^L(m) - 1] for m ~ Bin(n, chance): cut to where terms matter, log(e^L - 1) interpolated
  // there from Chebyshev nodes until it stops moving; every term where it does not.
  const FULL = 400, SCAN = 65, LOST = 1e-13;
  const logMagnitude = (value) => (value > 1 ? value + log(-expm1(-value)) : log(abs(expm1(value))));
  const evenly = (low, high, count) => Array.from({ length: count }, (_, at) => low + ((high - low) * at) / (count - 1));
  const wholes = (values, n) => Array.from(new Set(values.map((v) => min(max(Math.round(v), 0), n)))).sort((a, b) => a - b);

  function binomial_mean_expm1(growth, trials, chance) {
    const n = Math.round(trials);
    chance = min(max(chance, 0), 1);
    if (chance === 0 || chance === 1) { return expm1(growth(n * chance)); }
    if (!(chance > 0)) { return NaN; }
    if (n <= FULL) { return everyTerm(growth, 0, n, n, chance); }
    const spread = sqrt(n * chance * (1 - chance)) + 1;
    const logTerm = (m) => logWeight(m, n, chance) + logMagnitude(growth(m));
    let peak = logTerm(Math.round(n * chance));
    // L falls from one even m on: what it was there bounds the terms that follow, and a term whose
    // bound is negligible is not evaluated.
    const most = logMagnitude(growth(0));
    const kept = (grid) => {
      let bound = most;
      const least = () => peak - digits.negligible - log(n);
      const logs = grid.map((m) => {
        const weight = logWeight(m, n, chance);
        if (weight + bound < least()) { return -Infinity; }
        const size = logMagnitude(growth(m));
        if (m % 2 === 0) { bound = min(bound, size); }
        peak = max(peak, weight + size);
        return weight + size;
      });
      const found = [];
      logs.forEach((value, place) => {
        if (!(value > least())) { return; }
        const low = grid[max(place - 1, 0)], high = grid[min(place + 1, grid.length - 1)];
        const before = found[found.length - 1];
        if (before && low <= before[1] + 1) { before[1] = high; } else { found.push([low, high]); }
      });
      return found;
    };
    const grid = wholes([...evenly(0, n, 129), ...evenly(chance * n - 60 * spread, chance * n + 60 * spread, 121)], n);
    const windows = [];
    kept(grid).forEach(([low, high]) => {
      for (;;) {
        if (high - low <= 4 * SCAN) { windows.push([low, high]); return; }
        const parts = kept(wholes(evenly(low, high, SCAN), n));
        if (!parts.length) { return; }
        const width = high - low;
        low = parts[0][0];
        high = parts[parts.length - 1][1];
        if (2 * (high - low) > width) { windows.push([low, high]); return; }
      }
    });
    if (!(peak + log(n + 1) > -745)) { return 0; }
    return windows.reduce((sum, [low, high]) => sum + windowSum(growth, low, high, n, chance), 0);
  }

  function everyTerm(growth, low, high, n, chance) {
    let total = 0, magnitude = 0;
    for (let m = low; m <= high; m += 1) {
      const value = growth(m), term = exp(logWeight(m, n, chance) + logMagnitude(value));
      total += Math.sign(value) * term;
      magnitude += term;
    }
    return abs(total) < LOST * magnitude ? 0 : total;
  }

  // A sum over every step-th whole number, times the step, of a bump that is negligible at both
  // ends: its error falls like e^(-2 pi^2 (width/step)^2). Two such sums, half a step apart, tell
  // how far it has fallen; their mean has it to the fourth power. NaN where that is not so.
  function everyStep(growth, low, high, n, chance) {
    const term = (m) => {
      const value = growth(m);
      return value > 0 ? exp(logWeight(m, n, chance) + logMagnitude(value)) : NaN;
    };
    for (let points = digits.points; 4 * points < high - low; points *= 2) {
      // Half a step is odd: a factor below 0 makes even and odd m differ, and then the sums do.
      const half = floor((high - low) / (2 * points)), step = 2 * (half - 1 + (half % 2));
      let first = 0, second = 0;
      for (let m = low; m <= high; m += step) { first += term(m); }
      for (let m = low + step / 2; m <= high; m += step) { second += term(m); }
      const sum = first + second;
      if (sum === 0 || sum === Infinity) { return sum; }
      if (!(term(low) + term(high) <= digits.agreement * 1e-2 * sum)) { return NaN; }
      if (abs(first - second) <= digits.step * sum) { return (sum * step) / 2; }
    }
    return NaN;
  }

  function windowSum(growth, low, high, n, chance) {
    const stepped = everyStep(growth, low, high, n, chance);
    if (!Number.isNaN(stepped)) { return stepped; }
    const size = high - low + 1, middle = (low + high) / 2, half = (high - low) / 2;
    let previous = NaN;
    for (const count of [12, 24, 48, 96, 192]) {
      if (count * 4 > size) { break; }
      const at = Array.from({ length: count }, (_, place) => cos((PI * (place + 0.5)) / count));
      const values = at.map((x) => growth(middle + half * x));
      if (values.every((value) => value === 0)) { return 0; }
      if (!values.every((value) => value > 0)) { break; }
      const logs = values.map(logMagnitude);
      const coefficients = Array.from({ length: count }, (_, order) => {
        let sum = 0;
        for (let place = 0; place < count; place += 1) { sum += logs[place] * cos((order * PI * (place + 0.5)) / count); }
        return (sum * (order ? 2 : 1)) / count;
      });
      let result = 0;
      for (let m = low; m <= high; m += 1) {
        const x = (m - middle) / half;
        let one = 0, two = 0;
        for (let order = count - 1; order > 0; order -= 1) { [one, two] = [coefficients[order] + 2 * x * one - two, one]; }
        result += exp(logWeight(m, n, chance) + coefficients[0] + x * one - two);
      }
      if (abs(result - previous) <= digits.agreement * abs(result) || result === previous) { return result; }
      previous = result;
    }
    return everyTerm(growth, low, high, n, chance);
  }

  // Gamma(a, x) for any a: the shape is raised where the library wants it positive.
  const LOWEST_SHAPE = -100;
  function uppergamma(shape, x) {
    if (shape > 0) { return special.igamc(shape, x) * gamma(shape); }
    if (shape === 0) { return special.expn(1, x); }
    if (!(shape >= LOWEST_SHAPE)) { return NaN; }
    return (uppergamma(shape + 1, x) - pow(x, shape) * exp(-x)) / shape;
  }

  return {
    sum_over, sum_over_kinks, product1p_over, product1p_minus1_over, fixed_point,
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
