// Means over binomial counts, for the runtime: `special` has lgam, `digits()` how precise to be.
function longtailBinomial(special, digits) {
  "use strict";
  const { exp, log, log1p, expm1, sqrt, floor, ceil, abs, min, max, PI, cos } = Math;

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
      const least = () => peak - digits().negligible - log(n);
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
    for (let points = digits().points; 4 * points < high - low; points *= 2) {
      // Half a step is odd: a factor below 0 makes even and odd m differ, and then the sums do.
      const half = floor((high - low) / (2 * points)), step = 2 * (half - 1 + (half % 2));
      let first = 0, second = 0;
      for (let m = low; m <= high; m += step) { first += term(m); }
      for (let m = low + step / 2; m <= high; m += step) { second += term(m); }
      const sum = first + second;
      if (sum === 0 || sum === Infinity) { return sum; }
      if (!(term(low) + term(high) <= digits().agreement * 1e-2 * sum)) { return NaN; }
      if (abs(first - second) <= digits().step * sum) { return (sum * step) / 2; }
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
      if (abs(result - previous) <= digits().agreement * abs(result) || result === previous) { return result; }
      previous = result;
    }
    return everyTerm(growth, low, high, n, chance);
  }

  return { binomial_mean_expm1, binomial_expectation, mean_inverse_count };
}
