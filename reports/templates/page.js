(function () {
  "use strict";
  var all = function (pick, from) { return Array.prototype.slice.call((from || document).querySelectorAll(pick)); };

  // What follows many events, but need not be done more than once before the page is drawn.
  function oncePerFrame(act) {
    var waiting = false;
    return function () {
      if (!waiting) { waiting = true; requestAnimationFrame(function () { waiting = false; act(); }); }
    };
  }

  // A link into something folded opens it.
  function reveal() {
    var id = "";
    // What somebody typed need not be the code of anything.
    try { id = decodeURIComponent(location.hash.slice(1)); } catch (error) { return; }
    var target = id && document.getElementById(id);
    if (!target) { return; }
    for (var at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") { at.open = true; }
    }
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", reveal);
  reveal();

  // The contents are open where there is room beside the text.
  var contents = document.querySelector("nav details");
  var wide = window.matchMedia("(min-width: 62rem)");
  function fit() { contents.open = wide.matches; }
  wide.addEventListener("change", fit);
  fit();
  contents.addEventListener("click", function (event) {
    if (event.target.tagName === "A" && !wide.matches) { contents.open = false; }
  });

  // The chapter that is being read.
  var entries = all("nav a");
  function mark() {
    var now = null;
    entries.forEach(function (entry) {
      var place = document.getElementById(entry.hash.slice(1));
      if (place && place.getBoundingClientRect().top < 120) { now = entry; }
    });
    entries.forEach(function (entry) {
      if (entry === now) { entry.setAttribute("aria-current", "true"); } else { entry.removeAttribute("aria-current"); }
    });
  }
  window.addEventListener("scroll", oncePerFrame(mark), { passive: true });
  mark();

  // On paper everything is open but what is only there to be looked up.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    var folded = all("details:not([open])").filter(function (one) { return !one.closest(".bulk"); });
    folded.forEach(function (one) { one.open = true; });
    opened = opened.concat(folded);
    // As large as the sheet allows: letters alone do not tell how wide a formula is, in ems.
    var formulas = all(".formula math, .where math"), wide = formulas.map(function (one) {
      var parts = Array.prototype.map.call(one.children, function (part) { return part.getBoundingClientRect(); });
      var right = Math.max.apply(null, parts.map(function (part) { return part.right; }));
      var left = Math.min.apply(null, parts.map(function (part) { return part.left; }));
      return (right - left) / parseFloat(getComputedStyle(one).fontSize);
    });
    formulas.forEach(function (one, at) {
      if (wide[at] > 0) { one.style.setProperty("--wide", wide[at].toFixed(2)); }
    });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (one) { one.open = false; });
    opened = [];
  });

  // Tables sort by the head that is pressed: by the first number of a cell, or by its words.
  function key(cell) {
    var text = cell.textContent.trim();
    var found = text.replace(/[<>≤≥±]/g, "").match(/^\s*-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i);
    return found ? parseFloat(found[0]) : text.toLowerCase();
  }
  function order(a, b) {
    if (typeof a === typeof b) { return a < b ? -1 : a > b ? 1 : 0; }
    return typeof a === "number" ? -1 : 1;
  }
  all("table.sort").forEach(function (table) {
    var heads = all("thead th", table);
    heads.forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      button.addEventListener("click", function () {
        var up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        var body = table.tBodies[0];
        all("tr", body)
          .map(function (row) { return [key(row.cells[column]), row]; })
          .sort(function (a, b) { return up ? order(a[0], b[0]) : order(b[0], a[0]); })
          .forEach(function (pair) { body.appendChild(pair[1]); });
      });
    });
  });

  // Rows that do not match are hidden; what is left is counted aloud.
  all("[data-filters]").forEach(function (form) {
    var table = document.getElementById(form.dataset.filters);
    var rows = all("tbody tr", table);
    var told = form.querySelector("output");
    function apply() {
      var words = form.querySelector("input").value.toLowerCase();
      var picked = all("select", form).map(function (one) { return [one.name, one.value]; });
      var left = 0;
      rows.forEach(function (row) {
        var fits = row.textContent.toLowerCase().indexOf(words) >= 0 && picked.every(function (pick) {
          return !pick[1] || (" " + row.dataset[pick[0]] + " ").indexOf(" " + pick[1] + " ") >= 0;
        });
        row.hidden = !fits;
        if (fits) { left += 1; }
      });
      told.textContent = left + " of " + rows.length;
    }
    form.addEventListener("input", apply);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.hidden = false;
    apply();
  });

  // What a statement of the graph rests on, and that in turn, while the hand or the focus is there.
  var graph = document.getElementById("graph");
  var arcs = all("path", graph), lines = all("li", graph);
  function ask(line) {
    var reached = {}, grown = true;
    if (line) { reached[line.dataset.id] = true; }
    while (grown) {
      grown = false;
      arcs.forEach(function (arc) {
        if (reached[arc.dataset.of] && !reached[arc.dataset.on]) { reached[arc.dataset.on] = grown = true; }
      });
    }
    graph.classList.toggle("asked", !!line);
    arcs.forEach(function (arc) { arc.classList.toggle("on", !!reached[arc.dataset.of]); });
    lines.forEach(function (one) { one.classList.toggle("on", !!reached[one.dataset.id]); });
  }
  lines.forEach(function (line) {
    ["mouseenter", "focusin"].forEach(function (name) { line.addEventListener(name, function () { ask(line); }); });
    ["mouseleave", "focusout"].forEach(function (name) { line.addEventListener(name, function () { ask(null); }); });
  });

  // What scrolls sideways can be reached by keyboard.
  // To measure what is folded would lay each of it out; all is measured before anything is written.
  function reachable() {
    var boxes = all(".scroll, .formula").filter(function (box) { return !box.closest("details:not([open])"); });
    var scrolling = boxes.map(function (box) { return box.scrollWidth > box.clientWidth + 1; });
    boxes.forEach(function (box, at) {
      if (scrolling[at]) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", box.dataset.name || "scrolls sideways");
      } else {
        box.removeAttribute("tabindex");
        box.removeAttribute("role");
        box.removeAttribute("aria-label");
      }
    });
  }
  window.addEventListener("resize", oncePerFrame(reachable));
  document.addEventListener("toggle", oncePerFrame(reachable), true);
  reachable();
})();
