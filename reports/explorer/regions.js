// A map over α and n: at each setting the statement whose sides are nearest, of those that are on
// the same quantity as the one shown and whose hypotheses hold there.
function longtailRegions(root, live, texts, style, calculate, go) {
  "use strict";
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const ALPHAS = Array.from({ length: 11 }, (_, at) => 0.75 + 0.25 * at);
  const SIZES = [1e6, 1e5, 1e4, 1e3, 1e2, 10];
  const SVG = "http://www.w3.org/2000/svg";
  const [WIDE, HIGH, LEFT, TOP] = [48, 30, 40, 6];
  const POWERS = ["10⁶", "10⁵", "10⁴", "1000", "100", "10"];
  const SETTLED = 300;
  let timer = null, wanted = null, told = "", answers = new Map(), visible = false;

  function element(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  // What of a claim can be compared: a number is exact, two sides have a distance, one side has not.
  function says(id, found) {
    if (found.wrong || found.hypotheses.some((one) => one.holds === false)) { return null; }
    const { kind, origin } = live.get(id), { lower, value, upper } = found;
    if (kind === "identity" && value !== null) { return { rank: 0, width: 0, text: "exact" }; }
    if (lower !== null && upper !== null && lower > 0) {
      const apart = upper / lower - 1, percent = 100 * apart;
      const short = apart < 10 ? `${percent < 10 ? Number(percent.toPrecision(1)) : Math.round(percent)}%`
        : apart < 1e4 ? `×${Math.round(1 + apart)}` : `×10${raised(Math.round(Math.log10(apart)))}`;
      return { rank: 1, width: upper / lower, short, text: `sides within ${percent.toPrecision(2)}%` };
    }
    const side = upper !== null ? ["upper", upper] : lower !== null ? ["lower", -lower] : null;
    if (side) { return { rank: 2, width: side[1], text: `${side[0]} ${Math.abs(side[1]).toPrecision(3)}` }; }
    return value === null ? null : { rank: 3, width: 0, text: `${origin}: ${value.toPrecision(3)}` };
  }

  const raised = (power) => [...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");

  function best(ids, found) {
    const known = ids.map((id, place) => ({ id, place, ...says(id, found[place]) })).filter((one) => one.rank !== undefined);
    known.sort((a, b) => a.rank - b.rank || a.width - b.width || a.place - b.place);
    return known[0] || null;
  }

  const LETTERS = "ABCDEF";
  const COLOURS = ["--side", "--predicted", "--map-green", "--map-purple", "--map-yellow", "--map-sky"];

  function paint(ids, at) {
    const width = LEFT + WIDE * ALPHAS.length + 4, height = TOP + HIGH * SIZES.length + 40;
    const drawn = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
    const count = new Map(ids.map((id) => [id, 0]));
    let none = 0;
    SIZES.forEach((n, row) => {
      ALPHAS.forEach((alpha, column) => {
        const found = answers.get(`${row} ${column}`), one = found && best(ids, found);
        const place = one ? ids.indexOf(one.id) : -1;
        const cell = element("g", { class: "region", transform: `translate(${LEFT + column * WIDE} ${TOP + row * HIGH})` });
        cell.append(element("rect", { width: WIDE - 2, height: HIGH - 2, class: place < 0 ? "none" : "some", ...(place < 0 ? {} : { style: `--of: var(${COLOURS[place]})` }) }));
        if (found) { cell.append(element("text", { x: WIDE / 2 - 1, y: HIGH / 2 + 4, "text-anchor": "middle", class: "inside" }, one ? `${LETTERS[place]} ${one.short || ""}`.trim() : "–")); }
        cell.append(element("title", {}, `α = ${alpha}, n = ${n}: ${one ? `${one.id}, ${one.text}` : found ? "no hypothesis holds" : "not yet computed"}`));
        cell.addEventListener("click", () => go({ alpha, n }));
        drawn.append(cell);
        if (one) { count.set(one.id, count.get(one.id) + 1); } else if (found) { none += 1; }
      });
      drawn.append(element("text", { x: LEFT - 8, y: TOP + row * HIGH + HIGH / 2 + 4, "text-anchor": "end" }, POWERS[row]));
    });
    ALPHAS.forEach((alpha, column) => {
      if (column % 2) { drawn.append(element("text", { x: LEFT + column * WIDE + WIDE / 2 - 1, y: TOP + HIGH * SIZES.length + 14, "text-anchor": "middle" }, alpha)); }
    });
    drawn.append(element("text", { x: LEFT + (WIDE * ALPHAS.length) / 2, y: height - 6, "text-anchor": "middle" }, "α; upwards n"));
    drawn.append(element("circle", { r: 6, class: "here" }));
    const shares = ids.filter((id) => count.get(id)).map((id) => `${id} at ${count.get(id)}`);
    drawn.setAttribute("aria-label", `Of ${answers.size} settings over α and n: ${[...shares, ...(none ? [`none at ${none}`] : [])].join(", ")}.`);
    find("regions").replaceChildren(drawn);
    ring(at);
    find("regions-keys").replaceChildren(...ids.map((id, place) => {
      const item = document.createElement("li"), swatch = document.createElement("span");
      swatch.className = "swatch region";
      swatch.textContent = LETTERS[place];
      swatch.style.setProperty("--of", `var(${COLOURS[place]})`);
      item.append(swatch, ` ${id}`);
      return item;
    }));
  }

  function ring(at) {
    const here = find("regions").querySelector(".here");
    if (!here) { return; }
    const across = (at.setting.alpha - ALPHAS[0]) / 0.25 + 0.5, down = 6.5 - Math.log10(at.setting.n);
    const inside = across > 0 && across < ALPHAS.length && down > 0 && down < SIZES.length;
    here.setAttribute("visibility", inside ? "visible" : "hidden");
    // A setting that is refused may have no place at all.
    if (!inside) { return; }
    here.setAttribute("cx", LEFT + across * WIDE - 1);
    here.setAttribute("cy", TOP + down * HIGH - 1);
  }

  // From the corners and the middle to the rest, so that the shape is seen early.
  function order() {
    const cells = SIZES.flatMap((_, row) => ALPHAS.map((__, column) => [row, column]));
    const rank = ([row, column]) => (row % 2) + (column % 2 ? 2 : 0) + (column % 4 ? 1 : 0);
    return cells.sort((a, b) => rank(a) - rank(b));
  }

  // What the map depends on: all of the setting but α and n.
  function asked() {
    const { at, settingOf } = wanted, ids = group(at.id);
    const { alpha, n, ...rest } = settingOf(at);
    return { at, ids, rest, key: JSON.stringify([ids, rest, at.extra]) };
  }

  function compute() {
    if (!wanted || !visible) { return; }
    const { at, ids, rest, key } = asked();
    if (key === told) { return; }
    told = key;
    answers = new Map();
    root.dataset.regions = "";
    let painted = 0;
    const tasks = order().map(([row, column]) => ({
      place: `${row} ${column}`,
      asks: ids.map((id) => [id, { ...rest, alpha: ALPHAS[column], n: SIZES[row] }, id === at.id ? at.extra : {}]),
    }));
    calculate(tasks, (place, found) => {
      answers.set(place, found);
      if (performance.now() - painted > 300) { paint(ids, wanted.at); painted = performance.now(); }
    }, () => { paint(ids, wanted.at); root.dataset.regions = key; });
  }

  // The statements on the same quantity; a rate has no constant to compare.
  function group(id) {
    const same = texts[id].group;
    const found = [...live.keys()].filter((one) => one === id || (same && texts[one].group === same && live.get(one).kind !== "rate"));
    return found.slice(0, LETTERS.length);
  }

  function show(at, settingOf) {
    const able = live.has(at.id);
    find("regions-box").hidden = !able;
    wanted = able ? { at, settingOf } : null;
    if (!able) { return; }
    // The ring moves at once; a map of another setting is computed when the hand rests.
    if (asked().key === told) { ring(at); }
    clearTimeout(timer);
    timer = setTimeout(compute, SETTLED);
  }

  // Nothing is computed for a map that nobody sees.
  new IntersectionObserver((seen) => {
    visible = seen.some((one) => one.isIntersecting);
    if (visible) { compute(); }
  }).observe(find("regions-box"));

  return { show };
}
