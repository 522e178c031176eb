// What this report drew and which of it lies on the curve that is shown: that of all its settings
// through which the curve passes, with everything else as on the curve.
function longtailPoints(claims, report, texts, axes) {
  "use strict";
  const settings = report.settings.map((values) => Object.fromEntries(report.parameters.map((name, at) => [name, values[at]])));
  const automatic = new Map();

  // The largest k with n p_k >= 10; a search, so it is kept.
  function commonFeatures(setting) {
    const key = [setting.n, setting.d, setting.s, setting.alpha].join(" ");
    if (!automatic.has(key)) {
      if (automatic.size > 2000) { automatic.clear(); }
      let found = null;
      try { found = claims.commonFeatures(setting); } catch { /* a setting that is refused has no k */ }
      automatic.set(key, found);
    }
    return automatic.get(key);
  }

  const common = (at) => (at.k === null ? commonFeatures(at.setting) : at.k);

  // A state of the page at a row; where sigma does not matter it stays what it is.
  function stateAt(at, known, [place, own, extra]) {
    const setting = known.noise ? { ...settings[place] } : { ...settings[place], sigma: at.setting.sigma };
    return { ...at, setting, k: own ? report.k : null, extra: { ...at.extra, ...report.extras[extra] } };
  }

  // What keeps a row off a curve: the parameters that differ where the curve comes nearest.
  function apart(at, axis, there, row) {
    const curve = axis.to(at, axis.of(there)), extra = report.extras[row[2]];
    const differ = report.parameters.filter((name) => curve.setting[name] !== there.setting[name]);
    Object.keys(extra).forEach((name) => { if (axes.extra(curve, name) !== extra[name]) { differ.push(name); } });
    if (!differ.length && common(curve) !== common(there)) { differ.push("k"); }
    return differ;
  }

  function on(at, known) {
    if (!known) { return []; }
    const axis = axes.along(at);
    return known.rows.map((row) => ({ row, there: stateAt(at, known, row) }))
      .filter(({ row, there }) => apart(at, axis, there, row).length === 0)
      .map(({ row, there }) => [axis.of(there), ...row.slice(3)])
      .sort((a, b) => a[0] - b[0]);
  }

  const pointsOf = (id) => report.points[texts[id].drawn];
  const observed = (at) => on(at, pointsOf(at.id));
  const tabled = (at) => on(at, report.tables[at.id]);

  // For each axis the curve with points that is nearest to what is shown: the one for which least
  // has to be changed, and of these the one with most points.
  function offers(at) {
    const known = report.tables[at.id] || pointsOf(at.id);
    if (!known) { return []; }
    return axes.all(at.id).map((axis) => nearest({ ...at, over: axis.name }, axis, known)).filter(Boolean);
  }

  function nearest(at, axis, known) {
    const rows = known.rows.map((row) => {
      const there = stateAt(at, known, row);
      return { there, differ: apart(at, axis, there, row) };
    }).sort((a, b) => a.differ.length - b.differ.length);
    let best = null;
    for (const { there, differ } of rows) {
      if (best && differ.length > best.differ.length) { break; }
      const places = new Set(on(there, known).map(([x]) => x));
      if (places.size < 2 || (best && places.size <= best.count)) { continue; }
      // Where the hand is on this axis it may stay, if all points are on the curve from there too.
      const moved = axis.to(there, axis.of(at));
      const state = new Set(on(moved, known).map(([x]) => x)).size === places.size ? moved : there;
      best = { axis, differ, count: places.size, state };
    }
    return best;
  }

  return { observed, tabled, offers };
}
