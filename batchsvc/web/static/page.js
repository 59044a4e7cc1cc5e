// What the page does beyond plain HTML: it moves while a batch runs, copies ids, and fills in a key from the address.
"use strict";

const live = document.body.dataset.live;
const set = (name, text) => {
  for (const place of document.querySelectorAll(`[data-field="${name}"]`)) place.textContent = text;
};
const number = (value) => value.toString().replace(/\B(?=(\d{3})+$)/g, "\u202f");

// The sections that the server has drawn anew; never one in which somebody is doing something.
let swapping = false;
async function swap() {
  if (swapping) return;
  swapping = true;
  try {
    const answer = await fetch(document.body.dataset.source || location.href, { headers: { "X-Requested-With": "page.js" } });
    if (!answer.ok) return;
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of (document.body.dataset.swap || "").split(" ")) {
      const before = document.getElementById(id);
      const after = drawn.getElementById(id);
      if (!before || !after || before.contains(document.activeElement) || before.querySelector("details[open]")) continue;
      before.replaceWith(after);
    }
  } finally {
    swapping = false;
  }
}

function draw(batch) {
  const total = Math.max(batch.total_domains, 1);
  const finished = batch.counts.completed + batch.counts.failed + batch.counts.cancelled;
  const percent = Math.floor((100 * finished) / total);
  let x = 0;
  const bar = document.querySelector("#progress .progress");
  for (const part of ["completed", "failed", "cancelled", "running"]) {
    const width = (1000 * batch.counts[part]) / total;
    const rect = bar.querySelector(`[data-part="${part}"]`);
    rect.setAttribute("x", x);
    rect.setAttribute("width", width);
    x += width;
  }
  bar.setAttribute("aria-valuenow", percent);
  for (const state in batch.counts) set(state, number(batch.counts[state]));
  set("percent", percent);
  set("finished", number(finished));
  set("pace", batch.pace);
  document.title = document.title.replace(/^\d+ %/, `${percent} %`);
  const pill = document.querySelector('[data-field="status"] .pill');
  pill.className = `pill ${batch.status}`;
  pill.textContent = batch.status.replaceAll("_", " ");
}

if (live) {
  const events = new EventSource(live);
  events.addEventListener("progress", (event) => {
    const batch = JSON.parse(event.data);
    if (batch.counts) draw(batch);
    swap();
  });
  // Closed by hand: an EventSource opens an ended stream again. Everything is drawn once more by the server.
  events.addEventListener("done", () => {
    events.close();
    location.reload();
  });
  // A form that has been sent draws the next page; a reload meanwhile would take its answer away.
  document.addEventListener("submit", () => events.close());
}

for (const id of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break; // only there on https and on this machine
  const button = document.createElement("button");
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(id.dataset.copy);
    button.textContent = "Copied";
  });
  id.after(button);
}

// `batchsvc serve` prints an address with a new key behind the #, which no browser sends to anybody.
const key = document.getElementById("key");
if (key && location.hash.startsWith("#bsk_")) {
  key.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
