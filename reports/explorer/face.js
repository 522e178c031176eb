// The explorer's face: controls, numbers, hypotheses and the curve. `claims` evaluates, `report`
// holds what the report's own run observed, `texts` what is shown of each statement.
function longtailExplorer(claims, report, texts, Plot) {
  "use strict";
  const root = document.getElementById("explorer");
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const live = new Map(claims.described.map((one) => [one.id, one]));
  const TABLE_NOTE = "Solved by a recursion in Python: the curve of this report, at its setting.";

  // Sliders: [least, most, step, logarithmic, whole].
  const RANGES = {
    n: [10, 1e6, 0.01, true, true], d: [10, 1e6, 0.01, true, true], s: [0.5, 100, 0.01, true, false],
    alpha: [0.5, 5, 0.01, false, false], sigma: [0, 1, 0.01, false, false],
    beta_exponent: [-0.5, 1.5, 0.01, false, false], k: [1, 1000, 0.01, true, true],
    delta: [0, 1, 0.01, false, false], eta: [0.01, 0.99, 0.01, false, false],
    rho: [0, 1, 0.01, false, false], tau: [0, 3, 0.01, false, false], t: [1, 20, 1, false, true],
    lamda: [0.01, 10, 0.01, true, false], epsilon: [0.01, 10, 0.01, true, false],
  };
  const NAMES = { alpha: "α", sigma: "σ", beta_exponent: "b", lamda: "λ", delta: "δ", eta: "η", rho: "ρ", tau: "τ", epsilon: "ε" };
  const SETTING = ["n", "d", "s", "alpha", "sigma", "beta_exponent"];
  const OPTIONS = { beta_exponent: "beta-exponent" };
  const shown = (name) => NAMES[name] || name;

  const start = { id: "noiseless-loss", over: "alpha", setting: { ...claims.DEFAULTS, ...report.setting }, k: report.k, extra: {} };
  let state = start;

  function text(value) {
    if (value === null || value === undefined) { return "–"; }
    const size = Math.abs(value);
    return size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(3) : String(Number(value.toPrecision(4)));
  }

  // --- the state in the address -----------------------------------------------------------------

  function written(at) {
    const parts = new URLSearchParams({ explorer: at.id, over: at.over });
    SETTING.forEach((name) => parts.set(name, at.setting[name]));
    if (at.k !== null) { parts.set("k", at.k); }
    Object.entries(at.extra).forEach(([name, value]) => parts.set(name, value));
    return `#${parts}`;
  }

  function read(hash) {
    const parts = new URLSearchParams(hash.slice(1));
    const id = parts.get("explorer");
    if (!id || !(id in texts)) { return null; }
    const at = { id, over: parts.get("over") === "n" ? "n" : "alpha", setting: { ...claims.DEFAULTS }, k: null, extra: {} };
    const known = live.get(id);
    parts.forEach((value, name) => {
      const number = Number(value);
      if (value === "" || !Number.isFinite(number)) { return; }
      if (SETTING.includes(name)) { at.setting[name] = number; }
      if (name === "k") { at.k = number; }
      if (known && known.extra.some((one) => one.name === name)) { at.extra[name] = number; }
    });
    return at;
  }

  function remember() { history.replaceState(null, "", written(state)); }

  // --- controls ---------------------------------------------------------------------------------

  const controls = new Map();

  function control(name, meaning, change) {
    const [least, most, step, logarithmic, whole] = RANGES[name] || [0, 1, 0.01, false, false];
    const box = document.createElement("div");
    box.className = "control";
    const label = document.createElement("label");
    const slider = document.createElement("input"), field = document.createElement("input");
    field.id = `explorer-${name}`;
    label.htmlFor = field.id;
    label.textContent = shown(name);
    if (meaning) { label.title = meaning; }
    Object.assign(slider, {
      type: "range", step: String(step), min: String(logarithmic ? Math.log10(least) : least),
      max: String(logarithmic ? Math.log10(most) : most),
    });
    slider.setAttribute("aria-label", `${name}, slider`);
    Object.assign(field, { type: "number", step: "any" });
    // Three digits are what a slider means; an end is reached exactly.
    const ofSlider = () => {
      const at = Number(slider.value);
      if (!logarithmic) { return Number(at.toFixed(4)); }
      const value = Number((10 ** at).toPrecision(3));
      return whole ? Math.max(1, Math.round(value)) : value;
    };
    slider.addEventListener("input", () => change(ofSlider()));
    field.addEventListener("change", () => { if (field.value !== "") { change(Number(field.value)); } });
    box.append(label, slider, field);
    const set = (value) => {
      if (document.activeElement !== slider) { slider.value = String(logarithmic ? Math.log10(Math.max(value, least)) : value); }
      slider.setAttribute("aria-valuetext", text(value));
      if (document.activeElement !== field || field.value === "") { field.value = String(value); } else if (Number(field.value) !== value) { field.value = String(value); }
    };
    controls.set(name, { box, slider, field, set });
    return box;
  }

  function build() {
    const place = find("setting");
    const meanings = {
      n: "training samples", d: "features", s: "expected non-zeros of a sample", alpha: "exponent of the frequencies",
      sigma: "standard deviation of the noise", beta_exponent: "beta*_i = i^-b",
    };
    SETTING.forEach((name) => place.append(control(name, meanings[name], (value) => {
      move({ setting: { ...state.setting, [name]: value } });
    })));
    place.append(control("k", "common features", (value) => move({ k: value })));
    find("auto").addEventListener("change", (event) => move({ k: event.target.checked ? null : claims.commonFeatures(state.setting) }));
    find("statement").addEventListener("change", (event) => move({ id: event.target.value, extra: {} }));
    root.querySelectorAll("input[name='explorer-over']").forEach((one) => {
      one.addEventListener("change", () => move({ over: one.value }));
    });
    find("back").addEventListener("click", () => move({ ...start, id: state.id, over: state.over }));
    find("command").addEventListener("click", () => copy(command()));
    find("latex").addEventListener("click", () => copy(latex()));
  }

  function extras() {
    const place = find("extra"), known = live.get(state.id);
    if (place.dataset.of === state.id) { return; }
    place.dataset.of = state.id;
    place.replaceChildren();
    (known ? known.extra : []).forEach((one) => {
      place.append(control(one.name, one.meaning, (value) => move({ extra: { ...state.extra, [one.name]: value } })));
    });
  }

  function move(change) {
    state = { ...state, ...change };
    extras();
    remember();
    draw();
  }

  // --- numbers and hypotheses -------------------------------------------------------------------

  const settingOf = (at) => (at.k === null ? { ...at.setting } : { ...at.setting, k: at.k });

  function tabled(id, alpha) {
    const cells = report.cells.filter((cell) => cell.rows[id]);
    const near = cells.reduce((best, cell) => (!best || Math.abs(cell.alpha - alpha) < Math.abs(best.alpha - alpha) ? cell : best), null);
    if (!near) { return { lower: null, value: null, upper: null, k: null, hypotheses: [] }; }
    const [lower, value, upper] = near.rows[id];
    return { lower, value, upper, k: null, hypotheses: [], alpha: near.alpha };
  }

  const evaluated = (at, id) => (live.has(id) ? claims.claim(id, settingOf(at), id === at.id ? at.extra : {}) : tabled(id, at.setting.alpha));

  function draw() {
    const about = texts[state.id];
    find("statement").value = state.id;
    root.querySelectorAll("input[name='explorer-over']").forEach((one) => { one.checked = one.value === state.over; });
    find("about").textContent = about.quantity;
    find("card").href = `#${state.id}`;
    const isLive = live.has(state.id);
    let found = null, rate = null, wrong = "";
    const began = performance.now();
    try {
      found = evaluated(state, state.id);
      rate = about.rate ? claims.claim(about.rate, settingOf(state), {}) : null;
    } catch (error) { wrong = error.message; }
    root.dataset.milliseconds = (performance.now() - began).toFixed(1);
    find("wrong").textContent = wrong;
    find("note").textContent = isLive ? "" : `${TABLE_NOTE} Numbers at α = ${found && found.alpha}.`;
    fields(found);
    numbers(found, rate, about);
    hypotheses(found);
    curve();
  }

  function fields(found) {
    SETTING.forEach((name) => controls.get(name).set(state.setting[name]));
    const known = live.get(state.id);
    (known ? known.extra : []).forEach((one) => controls.get(one.name).set(one.name in state.extra ? state.extra[one.name] : one.default));
    const best = known && known.best_k;
    const k = controls.get("k");
    find("auto").checked = state.k === null;
    let automatic = 1;
    try { automatic = claims.commonFeatures(state.setting); } catch { /* said beside the numbers */ }
    k.set(state.k === null ? automatic : state.k);
    find("best").textContent = best && found ? `The best k is searched: ${found.k}.` : "";
  }

  function row(name, value, swatch) {
    const line = document.createElement("tr"), head = document.createElement("th"), cell = document.createElement("td");
    head.scope = "row";
    const mark = document.createElement("span");
    mark.className = `swatch ${swatch}`;
    head.append(mark, name);
    cell.className = "n";
    cell.textContent = text(value);
    cell.dataset.side = name;
    if (value !== null && value !== undefined) { cell.dataset.value = String(value); }
    line.append(head, cell);
    return line;
  }

  function numbers(found, rate, about) {
    const rows = [];
    if (found) {
      ["lower", "value", "upper"].filter((side) => about.sides.includes(side)).forEach((side) => rows.push(row(side, found[side], side)));
      if (rate) { rows.push(row("paper's rate, constant 1", rate.value, "rate")); }
    }
    find("numbers").replaceChildren(...rows);
  }

  function hypotheses(found) {
    const items = (found ? found.hypotheses : []).map(({ text: told, holds }) => {
      const item = document.createElement("li"), badge = document.createElement("span");
      const verdict = holds === null ? ["open", "not evaluated here"] : holds ? ["holds", "holds"] : ["hypothesis-fails", "fails"];
      badge.className = `v v-${verdict[0]}`;
      badge.textContent = verdict[1];
      item.append(badge, ` ${told}`);
      return item;
    });
    find("hypotheses").replaceChildren(...items);
    find("none").hidden = items.length > 0 || !live.has(state.id);
  }

  // --- the curve --------------------------------------------------------------------------------

  const ALPHAS = Array.from({ length: 36 }, (_, at) => Number((0.5 + at / 10).toFixed(2)));
  const SIZES = Array.from({ length: 26 }, (_, at) => Math.round(10 ** (1 + at / 5)));
  const SLICE = 12;
  let turn = 0, plot = null;

  function curve() {
    turn += 1;
    const mine = turn, at = state, about = texts[at.id];
    if (!live.has(at.id)) { paint(at, tableCurve(at.id)); return; }
    const name = at.over, here = at.setting[name];
    const places = Array.from(new Set([...(name === "n" ? SIZES : ALPHAS), here])).sort((a, b) => a - b);
    const points = places.map((x) => ({ x }));
    // What is being looked at comes first; the rest of the curve grows from there.
    const order = points.map((_, place) => place).sort((a, b) => Math.abs(Math.log(places[a] / here)) - Math.abs(Math.log(places[b] / here)));
    let done = 0, painted = 0;
    const step = () => {
      if (mine !== turn) { return; }
      const began = performance.now();
      while (done < order.length && performance.now() - began < SLICE) {
        const point = points[order[done]], there = { ...at, setting: { ...at.setting, [name]: point.x } };
        try {
          Object.assign(point, evaluated(there, at.id));
          point.holds = point.hypotheses.every((one) => one.holds !== false);
          point.rate = about.rate ? claims.claim(about.rate, settingOf(there), {}).value : null;
        } catch { /* a k above d - 1 there: no point */ }
        done += 1;
      }
      if (done === order.length || performance.now() - painted > 150) { paint(at, points); painted = performance.now(); }
      if (done < order.length) { setTimeout(step); } else { root.dataset.drawn = written(at); }
    };
    root.dataset.drawn = "";
    setTimeout(step);
  }

  function tableCurve(id) {
    const points = report.cells.filter((cell) => cell.rows[id]).map((cell) => {
      const [lower, value, upper] = cell.rows[id];
      return { x: cell.alpha, lower, value, upper, holds: true, rate: null };
    });
    root.dataset.drawn = written(state);
    return points;
  }

  // The report's own points belong to the curve where its setting is the one shown.
  function observed(at) {
    if (at.over !== "alpha" && live.has(at.id)) { return []; }
    const same = SETTING.every((name) => name === "alpha" || at.setting[name] === report.setting[name]);
    const asJudged = at.k === report.k && Object.keys(at.extra).length === 0;
    if (live.has(at.id) && !(same && asJudged)) { return []; }
    return report.cells.filter((cell) => cell.rows[at.id] && cell.rows[at.id][3] !== null)
      .map((cell) => [cell.alpha, ...cell.rows[at.id].slice(3)]);
  }

  const style = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();

  function paint(at, points) {
    const seen = observed(at), about = texts[at.id];
    const xs = points.map((point) => point.x);
    // Curves fade where a hypothesis fails: each is two, the one that holds overlapping by a point.
    const holds = points.map((point, place) => point.holds || (points[place + 1] || {}).holds || (points[place - 1] || {}).holds);
    const split = (side, strong) => points.map((point) => {
      const value = point[side];
      if (value === undefined || value === null) { return null; }
      return (strong ? point.holds : true) ? value : null;
    });
    const sides = ["lower", "value", "upper"].filter((side) => about.sides.includes(side));
    const data = [xs], series = [{ label: at.over }];
    const add = (label, values, stroke, more) => { data.push(values); series.push({ label, stroke, width: 2, points: { show: false }, spanGaps: false, ...more }); };
    sides.forEach((side) => {
      const stroke = style(side === "value" ? "predicted" : "side");
      add(`${side}, a hypothesis fails`, split(side, false), stroke, { alpha: 0.3 });
      add(side, split(side, true), stroke, {});
    });
    if (about.rate) { add("rate", points.map((point) => (point.rate === undefined ? null : point.rate)), style("soft"), { dash: [6, 5], width: 1.5 }); }
    const finite = data.slice(1).flat().concat(seen.flatMap((one) => one.slice(1))).filter((value) => value !== null && Number.isFinite(value));
    const low = Math.min(...finite), high = Math.max(...finite);
    const logarithmic = low > 0 && high / low > 20;
    const box = find("plot");
    const options = {
      width: box.clientWidth, height: Math.max(240, Math.min(380, box.clientWidth * 0.62)), legend: { show: false },
      cursor: { show: false }, series,
      scales: { x: { time: false, distr: at.over === "n" ? 3 : 1, range: [xs[0], xs[xs.length - 1]] }, y: { distr: logarithmic ? 3 : 1, range: extent(low, high, logarithmic) } },
      axes: [axis(shown(at.over), at.over === "n" ? logarithms : {}), axis("", { size: 66, ...(logarithmic ? logarithms : { values: plain }) })],
      hooks: { draw: [(one) => marks(one, at, points, seen)] },
    };
    if (plot) { plot.destroy(); plot = null; }
    box.replaceChildren();
    if (finite.length) { plot = new Plot(options, data, box); }
    find("empty").hidden = finite.length > 0;
    root.dataset.points = String(seen.length);
    box.setAttribute("aria-label", `${texts[at.id].title}, over ${at.over}: ${sides.join(", ")}${about.rate ? ", the paper's rate" : ""}; ${seen.length} observed points`);
    find("key-rate").hidden = !about.rate;
    find("key-observed").hidden = !seen.length;
    find("key-value").hidden = !sides.includes("value");
    find("key-sides").hidden = !(sides.includes("lower") || sides.includes("upper"));
    find("key-faded").hidden = holds.every(Boolean);
  }

  function extent(low, high, logarithmic) {
    if (!(high > low)) { return [Math.min(0, low * 2), Math.max(1, high * 2)]; }
    if (logarithmic) { return [10 ** Math.floor(Math.log10(Math.max(low, high * 1e-12))), 10 ** Math.ceil(Math.log10(high))]; }
    const room = (high - low) * 0.06;
    return [low >= 0 && low < (high - low) ? 0 : low - room, high + room];
  }

  const UP = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
  const powers = (_, ticks) => ticks.map((tick) => {
    const power = tick === null ? NaN : Math.log10(tick), whole = Math.round(power);
    if (!(Math.abs(power - whole) < 1e-9)) { return ""; }
    return whole >= -2 && whole <= 3 ? String(Number(tick.toPrecision(6))) : `10${String(whole).replace(/./g, (one) => UP[one])}`;
  });

  const plain = (_, ticks) => ticks.map((one) => (one === null ? "" : text(one)));
  // Lines at powers of ten alone, and not more than a few.
  const decades = (one, place, least, most) => {
    const low = Math.ceil(Math.log10(least) - 1e-9), high = Math.floor(Math.log10(most) + 1e-9);
    const step = Math.max(1, Math.ceil((high - low) / 7));
    return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, at) => Number(`1e${low + at * step}`));
  };
  const logarithms = { values: powers, splits: decades, filter: (_, splits) => splits };

  function axis(label, more) {
    const found = { stroke: style("ink"), grid: { stroke: style("line"), width: 1 }, ticks: { stroke: style("line"), width: 1 }, font: "13px system-ui, sans-serif", labelFont: "14px system-ui, sans-serif", ...more };
    if (label) { Object.assign(found, { label, labelSize: 26, labelGap: -6 }); }
    return found;
  }

  function marks(one, at, points, seen) {
    const pen = one.ctx, ratio = window.devicePixelRatio || 1, { top, height } = one.bbox;
    pen.save();
    pen.setLineDash([]);
    const here = one.valToPos(at.setting[at.over === "n" && live.has(at.id) ? "n" : "alpha"], "x", true);
    pen.strokeStyle = style("soft");
    pen.lineWidth = ratio;
    pen.beginPath();
    pen.moveTo(here, top);
    pen.lineTo(here, top + height);
    pen.stroke();
    const point = points.find(({ x }) => x === at.setting[at.over]) || {};
    ["lower", "value", "upper"].forEach((side) => {
      if (!Number.isFinite(point[side]) || point[side] === null) { return; }
      pen.fillStyle = style(side === "value" ? "predicted" : "side");
      pen.beginPath();
      pen.arc(here, one.valToPos(point[side], "y", true), 4.5 * ratio, 0, 7);
      pen.fill();
    });
    pen.strokeStyle = pen.fillStyle = style("ink");
    pen.lineWidth = 1.5 * ratio;
    seen.forEach(([x, mean, low, high]) => {
      const across = one.valToPos(x, "x", true);
      if (low !== null && high !== null) {
        pen.beginPath();
        pen.moveTo(across, one.valToPos(low, "y", true));
        pen.lineTo(across, one.valToPos(high, "y", true));
        pen.stroke();
      }
      pen.beginPath();
      pen.arc(across, one.valToPos(mean, "y", true), 3 * ratio, 0, 7);
      pen.fill();
    });
    pen.restore();
  }

  // --- what is taken along ----------------------------------------------------------------------

  function command() {
    const options = SETTING.map((name) => `--${OPTIONS[name] || name} ${state.setting[name]}`);
    if (state.k !== null) { options.push(`--k ${state.k}`); }
    Object.entries(state.extra).forEach(([name, value]) => options.push(`--set ${name}=${value}`));
    return `longtail bounds --only ${state.id} ${options.join(" ")}`;
  }

  function latex() {
    const at = SETTING.map((name) => `${{ alpha: "\\alpha", sigma: "\\sigma", beta_exponent: "b" }[name] || name} = ${state.setting[name]}`).join(", ");
    const cells = Array.from(find("numbers").querySelectorAll("td")).map((cell) => `${cell.dataset.side}: ${cell.dataset.value || "no value"}`);
    return `% ${state.id}: ${texts[state.id].title}\n% at $${at}$\n% ${cells.join("; ")}\n${texts[state.id].latex}`;
  }

  function copy(content) {
    const place = find("copied");
    place.hidden = false;
    place.value = content;
    place.rows = Math.min(8, content.split("\n").length + 1);
    place.select();
    const told = (said) => { find("told").textContent = said; };
    if (!navigator.clipboard) { told("Selected: press Ctrl+C."); return; }
    navigator.clipboard.writeText(content).then(() => told("Copied."), () => told("Selected: press Ctrl+C."));
  }

  // --- the beginning ----------------------------------------------------------------------------

  build();
  function arrive(scroll) {
    const found = read(location.hash);
    if (found) { state = found; }
    extras();
    draw();
    if (found && scroll) { root.scrollIntoView(); }
  }
  find("face").hidden = false;
  find("waiting").hidden = true;
  arrive(true);
  window.addEventListener("hashchange", () => { if (read(location.hash)) { arrive(true); } });
  let width = 0;
  new ResizeObserver(() => {
    const now = find("plot").clientWidth;
    if (now && now !== width) { width = now; curve(); }
  }).observe(find("plot"));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => curve());
}
