// Evaluation away from the page's own thread, so that a move of a slider is never held up.

// The library of special functions from its packed text.
async function longtailLibrary(packed) {
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const stream = new Blob([bytes(packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const source = await new Response(stream).text();
  const found = {};
  // It was written for Node, of which it needs one function.
  new Function("exports", "Buffer", source)(found, { from: bytes });
  await found.compiled;
  return found;
}

// What answers: `ready` promises the claims, `send` takes {turn, place, found} for each task of the
// newest job, and {turn, done: true} at its end. A task is a list of [id, setting, extra]; what
// cannot be evaluated is {wrong: why}.
function longtailAnswering(ready, send) {
  "use strict";
  let newest = null, running = false;
  // Between two tasks a newer job may come in; a channel yields sooner than a timer.
  const channel = new MessageChannel();
  const pause = () => new Promise((go) => { channel.port1.onmessage = go; channel.port2.postMessage(0); });
  return async (job) => {
    newest = job;
    if (running) { return; }
    running = true;
    const claims = await ready;
    while (newest) {
      const { turn, tasks } = newest, next = newest.next || 0;
      if (next >= tasks.length) {
        send({ turn, done: true });
        newest = null;
        break;
      }
      newest.next = next + 1;
      const { place, asks } = tasks[next];
      const found = asks.map(([id, setting, extra]) => {
        try { return claims.claim(id, setting, extra); } catch (error) { return { wrong: error.message }; }
      });
      send({ turn, place, found });
      await pause();
    }
    running = false;
  };
}

// Jobs for a Worker made of the page's own scripts, from a Blob so that a page on a disk may have
// it; where there is none, in this thread between other things. The answer is a function that takes
// tasks and what hears each answer and the end; a newer job ends the one before it.
function longtailCalculator(scripts, described, packed, claims) {
  "use strict";
  let turn = 0, hears = null;
  const heard = (answer) => {
    if (answer.turn !== turn || !hears) { return; }
    if (answer.done) { hears.ended(); } else { hears.answered(answer.place, answer.found); }
  };
  let ask = longtailAnswering(Promise.resolve(claims), heard);
  try {
    const source = `${scripts.join("\n")}
      onmessage = ({ data }) => {
        const ready = longtailLibrary(data.packed).then((library) => {
          const runtime = longtailRuntime(library);
          return longtailClaims(longtailPrinted(runtime), data.described, runtime);
        });
        const answer = longtailAnswering(ready, (one) => postMessage(one));
        onmessage = (message) => answer(message.data);
      };`;
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    worker.onmessage = (message) => heard(message.data);
    worker.postMessage({ described, packed });
    ask = (job) => worker.postMessage(job);
  } catch { /* no Worker here: this thread answers */ }
  return (tasks, answered, ended) => {
    turn += 1;
    hears = { answered, ended };
    ask({ turn, tasks });
  };
}
