// The explorer's curve: a statement along an axis, what the report observed, the setting shown.
// `texts` has what is shown of each statement.
function longtailCurve(root, texts, Plot, axes) {
  "use strict";
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  let plot = null;

  const style = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();

  // `points` are the curve's, `seen` the report's own: [place, mean, low end, high end].
  function paint(at, points, seen) {
    const about = texts[at.id], along = axes.along(at), label = along.label(at);
    const xs = points.map((point) => point.x);
    // Curves fade where a hypothesis fails: each is two, the one that holds overlapping by a point.
    const holds = points.map((point, place) => point.holds || (points[place + 1] || {}).holds || (points[place - 1] || {}).holds);
    const split = (side, strong) => points.map((point) => {
      const value = point[side];
      if (value === undefined || value === null) { return null; }
      return (strong ? point.holds : true) ? value : null;
    });
    const sides = ["lower", "value", "upper"].filter((side) => about.sides.includes(side));
    const data = [xs], series = [{ label }];
    const add = (label, values, stroke, more) => { data.push(values); series.push({ label, stroke, width: 2, points: { show: false }, spanGaps: false, ...more }); };
    sides.forEach((side) => {
      const stroke = style(side === "value" ? "predicted" : "side");
      add(`${side}, a hypothesis fails`, split(side, false), stroke, { alpha: 0.3 });
      add(side, split(side, true), stroke, {});
    });
    if (about.rate) { add("rate", points.map((point) => (point.rate === undefined ? null : point.rate)), style("soft"), { dash: [6, 5], width: 1.5 }); }
    // On a logarithmic axis what is 0 has no place.
    const drawn = seen.filter(([x, mean]) => (!along.logarithmic || x > 0) && mean !== null);
    const finite = data.slice(1).flat().concat(drawn.flatMap((one) => one.slice(1))).filter((value) => value !== null && Number.isFinite(value));
    const low = Math.min(...finite), high = Math.max(...finite);
    const logarithmic = low > 0 && high / low > 20;
    const first = xs[0], last = xs[xs.length - 1] > first ? xs[xs.length - 1] : first + 1;
    const box = find("plot");
    const options = {
      width: box.clientWidth, height: Math.max(240, Math.min(380, box.clientWidth * 0.62)), legend: { show: false },
      cursor: { show: false }, series,
      scales: { x: { time: false, distr: along.logarithmic ? 3 : 1, range: [first, last] }, y: { distr: logarithmic ? 3 : 1, range: extent(low, high, logarithmic) } },
      axes: [axis(label, along.logarithmic ? logarithms : {}), axis("", { size: 66, ...(logarithmic ? logarithms : { values: plain }) })],
      hooks: { draw: [(one) => marks(one, along.of(at), points, drawn)] },
    };
    if (plot) { plot.destroy(); plot = null; }
    box.replaceChildren();
    if (finite.length) { plot = new Plot(options, data, box); }
    find("empty").hidden = finite.length > 0;
    root.dataset.points = String(drawn.length);
    box.setAttribute("aria-label", `${texts[at.id].title}, over ${label}: ${sides.join(", ")}${about.rate ? ", the paper's rate" : ""}; ${drawn.length} observed points${drawn.length ? ` at ${drawn.map(([x]) => x).join(", ")}` : ""}`);
    find("key-rate").hidden = !about.rate;
    find("key-observed").hidden = !drawn.length;
    find("key-value").hidden = !sides.includes("value");
    find("key-sides").hidden = !(sides.includes("lower") || sides.includes("upper"));
    find("key-faded").hidden = holds.every(Boolean);
  }

  function text(value) {
    const size = Math.abs(value);
    return size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(3) : String(Number(value.toPrecision(4)));
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

  function marks(one, shown, points, seen) {
    const pen = one.ctx, ratio = window.devicePixelRatio || 1, { top, height } = one.bbox;
    pen.save();
    pen.setLineDash([]);
    const here = one.valToPos(shown, "x", true);
    pen.strokeStyle = style("soft");
    pen.lineWidth = ratio;
    pen.beginPath();
    pen.moveTo(here, top);
    pen.lineTo(here, top + height);
    pen.stroke();
    const point = points.find(({ x }) => x === shown) || {};
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

  return { paint, style };
}
