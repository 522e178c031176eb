// The explorer's face: controls, numbers, hypotheses. `claims` checks a setting, calculators evaluate
// away from this thread, `report` holds what the report's own run observed, `texts` what is shown of
// each statement; its quantity and hypotheses are typeset, as HTML.
function longtailExplorer(claims, report, texts, Plot, calculator) {
  "use strict";
  const root = document.getElementById("explorer");
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const live = new Map(claims.described.map((one) => [one.id, one]));
  const TABLE_NOTE = "Solved by a recursion in Python, so its numbers are those of this report";

  const SETTING = ["n", "d", "s", "alpha", "sigma", "beta_exponent"];
  const OPTIONS = { beta_exponent: "beta-exponent" };
  const axes = longtailAxes(texts, report.most_features), own = longtailPoints(claims, report, texts, axes);
  const curves = longtailCurve(root, texts, Plot, axes);
  const regions = longtailRegions(root, live, texts, curves.style, calculator(), (there) => move({ setting: { ...state.setting, ...there } }));
  const calculate = calculator();

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
    const at = { id, over: parts.get("over"), setting: { ...claims.DEFAULTS }, k: null, extra: {} };
    const known = live.get(id);
    parts.forEach((value, name) => {
      const number = Number(value);
      if (value === "" || !Number.isFinite(number)) { return; }
      if (SETTING.includes(name)) { at.setting[name] = number; }
      if (name === "k") { at.k = number; }
      if (known && known.extra.some((one) => one.name === name)) { at.extra[name] = number; }
    });
    at.over = axes.along(at).name;
    return at;
  }

  function remember() { history.replaceState(null, "", written(state)); }

  // --- controls ---------------------------------------------------------------------------------

  const controls = new Map();

  function control(name, meaning, change) {
    const [least, most, step, logarithmic, whole] = axes.range(name);
    const box = document.createElement("div");
    box.className = "control";
    const label = document.createElement("label");
    const slider = document.createElement("input"), field = document.createElement("input");
    field.id = `explorer-${name}`;
    label.htmlFor = field.id;
    label.textContent = axes.shown(name);
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
    // What was emptied, or is no number, is again what is shown.
    field.addEventListener("blur", () => { if (field.value === "") { fields(); } });
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
    state.over = axes.along(state).name;
    extras();
    remember();
    draw();
  }

  // --- numbers and hypotheses -------------------------------------------------------------------

  const settingOf = (at) => (at.k === null ? { ...at.setting } : { ...at.setting, k: at.k });

  // What cannot be evaluated here is read off the report, where the curve passes through its settings.
  function fromTheReport() {
    const axis = axes.along(state), here = axis.of(state);
    const points = own.tabled(state).map(([x, lower, value, upper, holds]) => ({ x, lower, value, upper, holds: holds !== 0, rate: null }));
    const near = points.reduce((best, one) => (!best || Math.abs(one.x - here) < Math.abs(best.x - here) ? one : best), null);
    find("note").textContent = near ? `${TABLE_NOTE}: at ${axis.label(state)} = ${near.x}.` : `${TABLE_NOTE}, and it has none along this curve.`;
    arrived({ lower: null, value: null, upper: null, ...near, k: null, hypotheses: [] }, null);
    curves.paint(state, points, own.observed(state));
    root.dataset.drawn = written(state);
  }

  // The axes of the statement shown, and where along them this report drew.
  function overs() {
    const place = find("over"), found = axes.all(state.id);
    const names = found.map((one) => one.name).join(" ");
    if (place.dataset.of !== names) {
      place.dataset.of = names;
      place.replaceChildren(...found.map((one) => {
        const label = document.createElement("label"), input = document.createElement("input"), told = document.createElement("span");
        Object.assign(input, { type: "radio", name: "explorer-over", value: one.name });
        input.addEventListener("change", () => move({ over: one.name }));
        label.append(input, " ", told);
        return label;
      }));
    }
    place.querySelectorAll("input").forEach((input, at) => {
      input.checked = found[at].name === axes.along(state).name;
      input.nextElementSibling.textContent = found[at].label(state);
    });
  }

  function offers() {
    const found = own.offers(state);
    find("offers-box").hidden = !found.length;
    find("offers").replaceChildren(...found.map(({ axis, differ, count, state: there }) => {
      const button = document.createElement("button");
      const value = (name) => (name === "k" ? there.k || "its own" : name in there.setting ? there.setting[name] : there.extra[name]);
      const at = differ.filter((name) => axis.name !== "size" || name !== "d").map((name) => `${axes.shown(name)} = ${value(name)}`);
      button.type = "button";
      button.textContent = `over ${axis.label(there)}${at.length ? ` at ${at.join(", ")}` : ""} (${count} points)`;
      button.setAttribute("aria-pressed", String(!differ.length && axis.name === state.over));
      button.addEventListener("click", () => move(there));
      return button;
    }));
  }

  function draw() {
    const about = texts[state.id];
    find("statement").value = state.id;
    overs();
    offers();
    find("about").innerHTML = about.quantity;
    find("card").href = `#${state.id}`;
    fields();
    if (live.has(state.id)) {
      find("note").textContent = "";
      curve();
    } else {
      fromTheReport();
    }
    regions.show(state, settingOf);
  }

  // What came back for the setting shown.
  function arrived(found, rate) {
    const wrong = found && found.wrong;
    find("wrong").textContent = wrong || "";
    const about = texts[state.id], known = live.get(state.id);
    numbers(wrong ? null : found, rate && !rate.wrong ? rate : null, about);
    hypotheses(wrong ? null : found);
    find("best").textContent = known && known.best_k && found && !wrong ? `The best k is searched: ${found.k}.` : "";
  }

  function fields() {
    SETTING.forEach((name) => controls.get(name).set(state.setting[name]));
    const known = live.get(state.id);
    (known ? known.extra : []).forEach((one) => controls.get(one.name).set(one.name in state.extra ? state.extra[one.name] : one.default));
    const k = controls.get("k");
    find("auto").checked = state.k === null;
    let automatic = 1;
    try { automatic = claims.commonFeatures(state.setting); } catch { /* said beside the numbers */ }
    k.set(state.k === null ? automatic : state.k);
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
      const words = document.createElement("span"), set = texts[state.id].hypotheses[told];
      if (set) { words.innerHTML = set; } else { words.textContent = told; }
      item.append(badge, " ", words);
      return item;
    });
    find("hypotheses").replaceChildren(...items);
    find("none").hidden = items.length > 0 || !live.has(state.id);
  }

  // --- the curve --------------------------------------------------------------------------------

  // The setting shown is asked for first, then the curve from there on; what is drawn stays until
  // the new curve is there, or a good part of it.
  function curve() {
    const at = state, about = texts[at.id], axis = axes.along(at), here = axis.of(at), seen = own.observed(at);
    const places = Array.from(new Set([...axis.places, here, ...seen.map(([x]) => x)]))
      .filter((x) => Number.isFinite(x) && (!axis.logarithmic || x > 0)).sort((a, b) => a - b);
    const points = places.map((x) => ({ x }));
    const asks = (x) => {
      const moved = axis.to(at, x), there = settingOf(moved);
      return [[at.id, there, moved.extra], ...(about.rate ? [[about.rate, there, {}]] : [])];
    };
    const shown = places.indexOf(here);
    const order = points.map((_, place) => place).sort((a, b) => Math.abs(a - shown) - Math.abs(b - shown));
    // A setting that is refused has no place on its own curve.
    const tasks = [{ place: -1, asks: asks(here) }, ...order.map((place) => ({ place, asks: asks(places[place]) }))];
    let painted = performance.now();
    root.dataset.drawn = "";
    calculate(tasks, (place, [found, rate]) => {
      if (place < 0) { arrived(found, rate); return; }
      if (!found.wrong) {
        const holds = found.hypotheses.every((one) => one.holds !== false);
        Object.assign(points[place], found, { holds, rate: rate && !rate.wrong ? rate.value : null });
      }
      if (performance.now() - painted > 400) { curves.paint(at, points, seen); painted = performance.now(); }
    }, () => {
      curves.paint(at, points, seen);
      root.dataset.drawn = written(at);
    });
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
    if (now && now !== width) { width = now; draw(); }
  }).observe(find("plot"));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
