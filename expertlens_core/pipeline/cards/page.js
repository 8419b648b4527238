"use strict";
(() => {
  const get = (id) => document.getElementById(id);
  const parts = [...document.querySelectorAll("[data-t]")].map((part) => [part, Number(part.dataset.t)]);
  const last = parts.reduce((most, [, token]) => Math.max(most, token), 0);
  let timer = 0;
  let shown = last;
  const show = (token) => {
    shown = token;
    for (const [part, own] of parts) part.classList.toggle("off", own > token);
    if (shown >= last) stop();
  };
  const stop = () => clearTimeout(timer);
  const step = () => {
    timer = setTimeout(step, 1000 / Number(get("speed").value));
    show(shown + 1);
  };
  get("play").addEventListener("click", () => {
    stop();
    show(0);
    timer = setTimeout(step, 0);
  });
  get("skip").addEventListener("click", () => show(last));
  get("way").hidden = false;
  if (navigator.clipboard) {
    get("copy").hidden = false;
    get("copy").addEventListener("click", () => navigator.clipboard.writeText(get("card").value));
  }
})();
