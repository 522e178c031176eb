// Unpacks the library of special functions, makes `longtail.evaluate` and shows the explorer.
(function () {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

  async function library() {
    const packed = bytes(document.getElementById("explorer-cephes").textContent);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const source = await new Response(stream).text();
    const found = {};
    // It was written for Node, of which it needs one function.
    new Function("exports", "Buffer", source)(found, { from: bytes });
    await found.compiled;
    return found;
  }

  const ready = library().then((special) => {
    const runtime = longtailRuntime(special);
    return longtailClaims(longtailPrinted(runtime), longtailData.described, runtime);
  });

  window.longtail = Object.assign(window.longtail || {}, {
    // A statement at a setting: a promise of {lower, value, upper, k, hypotheses}.
    evaluate: (id, setting, extra) => ready.then((claims) => claims.claim(id, setting, extra)),
    statements: () => longtailData.described.map((one) => one.id),
  });
  ready.then(
    (claims) => longtailExplorer(claims, longtailData.report, longtailData.texts, uPlot),
    (error) => {
      const waiting = document.querySelector("#explorer [data-part='waiting']");
      waiting.textContent = `The explorer does not run in this browser: ${error.message}`;
    },
  );
})();
