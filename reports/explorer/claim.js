// A statement at a setting: numbers, hypotheses and k, as `theorems.claim` gives them in Python.
// `printed` are the printed functions, `described` what they belong to, `runtime` what they call.
function longtailClaims(printed, described, runtime) {
  "use strict";
  const { DEFAULTS, COMMON_APPEARANCES, LARGEST, FEWEST_FEATURES, ROUNDING, BEYOND_ROUNDING, WITHIN_SIDES } = longtailNumbers;
  const { LARGEST_ENERGY, LARGEST_AMPLITUDE, SMALLEST_FREQUENCY, SMALLEST_MEAN } = longtailNumbers;
  const byId = new Map(described.map((one) => [one.id, one]));

  function refused(name, value, allowed) { return new RangeError(`${name} = ${value}: ${allowed}`); }

  function whole(name, value, most, allowed) {
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > most) {
      throw refused(name, value, allowed || `must be an integer from 1 to ${most}`);
    }
    return value;
  }

  function finite(name, value, allowed, fits) {
    if (typeof value !== "number" || !Number.isFinite(value) || !fits(value)) { throw refused(name, value, allowed); }
    return value;
  }

  // The setting with its defaults, checked; k null where it is to be chosen.
  function checked(setting) {
    const known = [...Object.keys(DEFAULTS), "k"];
    Object.keys(setting).forEach((name) => {
      if (!known.includes(name)) { throw refused(name, setting[name], `is no parameter of a setting (it has: ${known.join(", ")})`); }
    });
    const at = { ...DEFAULTS, ...setting };
    whole("n", at.n, LARGEST);
    whole("d", at.d, LARGEST);
    finite("d", at.d, `must be at least ${FEWEST_FEATURES}, one common and one tail feature`, (value) => value >= FEWEST_FEATURES);
    finite("s", at.s, "must be a finite number > 0", (value) => value > 0);
    finite("alpha", at.alpha, "must be a finite number > 0", (value) => value > 0);
    finite("sigma", at.sigma, "must be a finite number >= 0", (value) => value >= 0);
    finite("beta_exponent", at.beta_exponent, "must be a finite number", () => true);
    finite("sigma", at.sigma, `must be at most ${LARGEST_AMPLITUDE}`, (value) => value <= LARGEST_AMPLITUDE);
    finite("s", at.s, `must be at least ${SMALLEST_MEAN}`, (value) => value >= SMALLEST_MEAN);
    const steepest = Math.log10(at.s / SMALLEST_FREQUENCY) / Math.log10(at.d);
    finite("alpha", at.alpha, `must be at most ${Math.floor(100 * steepest) / 100} at d = ${at.d} and s = ${at.s}, or p_d = s d^-alpha/Z underflows`, (value) => value <= steepest);
    const lowest = -LARGEST_ENERGY / (2 * Math.log10(at.d));
    finite("beta_exponent", at.beta_exponent, `must be at least ${+lowest.toPrecision(4)} at d = ${at.d}, or beta*_d^2 = d^(-2b) overflows`, (value) => value >= lowest);
    if (at.k === undefined || at.k === null) { return { ...at, k: null }; }
    whole("k", at.k, at.d - 1, `must be an integer from 1 to d - 1 = ${at.d - 1}`);
    return at;
  }

  function extras(statement, given) {
    const own = Object.fromEntries(statement.extra.map((one) => [one.name, one.default]));
    Object.keys(given).forEach((name) => {
      if (!(name in own)) {
        throw refused(name, given[name], `${statement.id} has no such parameter (it has: ${Object.keys(own).join(", ") || "none"})`);
      }
      own[name] = finite(name, given[name], "must be a finite number", () => true);
    });
    return own;
  }

  const values = (at, k, own) => [at.n, at.d, at.s, at.alpha, at.sigma, at.beta_exponent, k, ...Object.values(own)];

  // The largest k < d with n p_k >= 10, at least 1.
  function commonFeatures(at) {
    const { p } = printed.frequency(...values(at, 1, {}));
    let low = 1, high = at.d - 1;
    while (low < high) {
      const middle = Math.floor((low + high + 1) / 2);
      if (at.n * p(middle) >= COMMON_APPEARANCES) { low = middle; } else { high = middle - 1; }
    }
    return low;
  }

  // A k at which the upper side is (nearly) least: a coarse scan and a ternary search.
  function bestK(id, at, own) {
    const upperAt = printed.upper[id], seen = new Map();
    const limit = printed.trivial[id](...values(at, 1, own)).trivial_upper;
    const value = (k) => {
      if (!seen.has(k)) {
        const upper = upperAt(...values(at, k, own)).upper;
        seen.set(k, Number.isNaN(upper) ? Infinity : upper);
      }
      return seen.get(k);
    };
    const last = Math.min(at.d - 1, Math.max(at.n, 1)), candidates = [1];
    const top = () => candidates[candidates.length - 1];
    while (top() < last && !(limit <= value(top()) && value(top()) < Infinity)) {
      candidates.push(Math.min(last, Math.max(top() + 1, Math.floor(top() * 1.6))));
    }
    let center = 0;
    candidates.forEach((k, place) => { if (value(k) < value(candidates[center])) { center = place; } });
    let low = candidates[Math.max(center - 1, 0)], high = candidates[Math.min(center + 1, candidates.length - 1)];
    while (high - low > 8) {
      const left = low + Math.floor((high - low) / 3), right = high - Math.floor((high - low) / 3);
      if (value(left) <= value(right)) { high = right; } else { low = left; }
    }
    for (let k = low; k <= high; k += 1) { value(k); }
    return [...seen].reduce((best, one) => (one[1] < best[1] || (one[1] === best[1] && one[0] < best[0]) ? one : best))[0];
  }

  const number = (value) => (Number.isFinite(value) ? value + 0 : null);

  // A side below the trivial lower one, and a value beyond a proved side, by rounding alone.
  function withoutRounding(numbers) {
    const low = numbers.trivial_lower, size = Math.abs(numbers.trivial_upper || 0);
    if (low === undefined) { return; }
    ["value", "upper"].forEach((side) => {
      if (numbers[side] < low && numbers[side] >= low - ROUNDING * size) { numbers[side] = low; }
    });
  }

  function beyondSides(statement, numbers) {
    const { value } = numbers;
    // A side that has no value here bounds nothing, nor one that a draw exceeds with some chance.
    const side = (number, none) => (number === undefined || Number.isNaN(number) ? none : number);
    const low = statement.level ? -Infinity : side(numbers.lower, -Infinity);
    const nearest = Math.min(Math.max(value, low), side(numbers.upper, Infinity));
    if (statement.kind === "rate" || value === undefined || Number.isNaN(value) || nearest === value) { return []; }
    const beyond = Math.abs(value - nearest);
    const rounding = Math.max(BEYOND_ROUNDING * Math.max(Math.abs(value), Math.abs(nearest)), ROUNDING * Math.abs(numbers.trivial_upper || 0));
    if (Number.isFinite(beyond) && beyond <= rounding) { numbers.value = nearest; return []; }
    numbers.value = NaN;
    return [{ text: WITHIN_SIDES, holds: false, margin: number(-beyond) }];
  }

  function claim(id, setting, extra, fixed) {
    const statement = byId.get(id);
    if (!statement) { throw refused("ID", id, `is not evaluated in this page (it has: ${described.map((one) => one.id).join(", ")})`); }
    const at = checked(setting || {}), own = extras(statement, extra || {});
    // p_i = 1 for at most s features; sums are thinned only beyond those.
    runtime.visitEveryFeature(at.s > runtime.EXACT - 8);
    const best = statement.best_k && !fixed;
    const k = best ? runtime.roughly(() => bestK(id, at, own)) : at.k === null ? commonFeatures(at) : at.k;
    const numbers = { ...printed.statements[id](...values(at, k, own)) };
    withoutRounding(numbers);
    const hypotheses = statement.hypotheses.map(({ text, weak }, place) => {
      const margin = numbers[`hypothesis_${place}`];
      // A recursion is not evaluated in the page: neither holds nor fails.
      if (margin === undefined) { return { text, holds: null, margin: null }; }
      return { text, holds: weak ? margin >= 0 : margin > 0, margin: number(margin) };
    });
    if (statement.origin === "predicted" || hypotheses.every((one) => one.holds !== false)) {
      hypotheses.push(...beyondSides(statement, numbers));
    }
    return {
      lower: number(numbers.lower), value: number(numbers.value), upper: number(numbers.upper),
      k: statement.needs_k ? k : null, hypotheses,
    };
  }

  return { claim, commonFeatures: (setting) => commonFeatures(checked(setting)), described, DEFAULTS };
}
