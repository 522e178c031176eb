// The axes that a curve may run along: each reads its place off a state of the page and moves a
// state to another place. `texts` has the parameters of each statement besides the setting;
// `mostFeatures` is the largest d of a report whose d grows in proportion to n.
function longtailAxes(texts, mostFeatures) {
  "use strict";
  // Of sliders: [least, most, step, logarithmic, whole].
  const RANGES = {
    n: [10, 1e6, 0.01, true, true], d: [10, 1e6, 0.01, true, true], s: [0.5, 100, 0.01, true, false],
    alpha: [0.5, 5, 0.01, false, false], sigma: [0, 1, 0.01, false, false],
    beta_exponent: [-0.5, 1.5, 0.01, false, false], k: [1, 1000, 0.01, true, true],
    delta: [0, 1, 0.01, false, false], eta: [0.01, 0.99, 0.01, false, false],
    rho: [0, 1, 0.01, false, false], tau: [0, 3, 0.01, false, false], t: [1, 20, 1, false, true],
    lamda: [0.01, 10, 0.01, true, false], epsilon: [0.01, 10, 0.01, true, false],
  };
  const NAMES = { alpha: "α", sigma: "σ", beta_exponent: "b", lamda: "λ", delta: "δ", eta: "η", rho: "ρ", tau: "τ", epsilon: "ε" };
  const shown = (name) => NAMES[name] || name;
  const range = (name) => RANGES[name] || [0, 1, 0.01, false, false];

  const short = (value) => Number(value.toPrecision(6));
  const steps = (least, most, count) => Array.from({ length: count }, (_, at) => short(least + ((most - least) * at) / (count - 1)));
  const SIZES = Array.from({ length: 26 }, (_, at) => Math.round(10 ** (1 + at / 5)));
  const ALPHAS = steps(0.5, 4, 36), SIGMAS = steps(0, 0.5, 26);

  const ofSetting = (name, places, logarithmic) => ({
    name, places, logarithmic,
    label: () => shown(name),
    of: (at) => at.setting[name],
    to: (at, x) => ({ ...at, setting: { ...at.setting, [name]: x } }),
  });

  const size = {
    name: "size", places: SIZES, logarithmic: true,
    label: (at) => {
      const ratio = at.setting.d / at.setting.n;
      return ratio > 0 && Number.isFinite(ratio) ? `n with d = ${Number(ratio.toPrecision(3))} n` : "n with d in proportion";
    },
    of: (at) => at.setting.n,
    to: (at, x) => {
      const { n, d } = at.setting, most = Math.max(mostFeatures, d);
      return { ...at, setting: { ...at.setting, n: x, d: Math.max(2, Math.min(Math.round((d / n) * x), most)) } };
    },
  };

  // The value of a statement's own parameter, which is its default where nobody chose one.
  const extra = (at, name) => (name in at.extra ? at.extra[name] : texts[at.id].extra[name]);

  function ofExtra(name) {
    const [least, most, , logarithmic, whole] = range(name);
    const places = whole ? Array.from({ length: most - least + 1 }, (_, at) => least + at)
      : logarithmic ? steps(Math.log10(least), Math.log10(most), 25).map((one) => short(10 ** one)) : steps(least, most, 26);
    return {
      name, places, logarithmic,
      label: () => shown(name),
      of: (at) => extra(at, name),
      to: (at, x) => ({ ...at, extra: { ...at.extra, [name]: x } }),
    };
  }

  const COMMON = [ofSetting("alpha", ALPHAS, false), ofSetting("n", SIZES, true), size, ofSetting("sigma", SIGMAS, false)];
  const all = (id) => [...COMMON, ...Object.keys(texts[id].extra).map(ofExtra)];

  // The axis of a state; along alpha where its statement has not the one that is asked for.
  const along = (at) => all(at.id).find((one) => one.name === at.over) || COMMON[0];

  return { all, along, extra, range, shown };
}
