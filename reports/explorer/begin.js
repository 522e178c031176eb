// Makes `longtail.evaluate` and shows the explorer.
(function () {
  "use strict";
  const packed = document.getElementById("explorer-cephes").textContent;
  const ready = longtailLibrary(packed).then((special) => {
    const runtime = longtailRuntime(special);
    return longtailClaims(longtailPrinted(runtime), longtailData.described, runtime);
  });

  window.longtail = Object.assign(window.longtail || {}, {
    // A statement at a setting: a promise of {lower, value, upper, k, hypotheses}.
    evaluate: (id, setting, extra) => ready.then((claims) => claims.claim(id, setting, extra)),
    statements: () => longtailData.described.map((one) => one.id),
  });
  const scripts = [longtailLibrary, longtailBinomial, longtailRuntime, longtailClaims, longtailAnswering].map(String);
  scripts.push(`const longtailPrinted = ${longtailPrinted};`, `const longtailNumbers = ${JSON.stringify(longtailNumbers)};`);
  ready.then(
    (claims) => {
      const calculator = () => longtailCalculator(scripts, longtailData.described, packed, claims);
      longtailExplorer(claims, longtailData.report, longtailData.texts, uPlot, calculator);
    },
    (error) => {
      const waiting = document.querySelector("#explorer [data-part='waiting']");
      waiting.textContent = `The explorer does not run in this browser: ${error.message}`;
    },
  );
})();
