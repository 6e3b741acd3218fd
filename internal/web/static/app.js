// Keys for people who work without a mouse, and the focus after a part of a page is replaced. The pages work
// without it.
"use strict";
(() => {
  const keysOn = () => document.documentElement.dataset.shortcuts !== "off";
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName));
  const rows = () => [...document.querySelectorAll("main tbody tr")].filter((tr) => tr.querySelector("th a, td a"));
  const linkOf = (tr) => tr.querySelector("th a, td a");
  let afterG = 0; // when g was pressed

  // step moves the focus to the next or previous row that has a link.
  function step(by) {
    const all = rows();
    if (all.length === 0) return;
    const here = all.findIndex((tr) => tr.contains(document.activeElement));
    const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + by));
    linkOf(all[next]).focus();
  }

  // inTracker opens the issue of the row that has the focus, or the first one of the page.
  function inTracker() {
    const row = document.activeElement.closest("tr") || document;
    const link = row.querySelector('main a[rel~="noopener"], td a[rel~="noopener"], th a[rel~="noopener"]');
    if (link) location.assign(link.href);
  }

  function search() {
    const q = document.getElementById("q");
    if (q) q.focus();
    else location.assign("/register#q");
  }

  function filters() {
    const first = document.querySelector("form[role=search] select, form[role=search] summary");
    if (first) {
      first.closest("details")?.setAttribute("open", "");
      first.focus();
    }
  }

  // choose presses the button or takes the value of that number, in the inbox.
  function choose(e) {
    const to = document.querySelector(`[data-choose="${e.key}"]`);
    if (!to) return;
    e.preventDefault();
    to.focus();
    to.click();
  }

  // What a person must read first has the focus.
  // What replaces a part of a page may name another such element.
  function toFirst() {
    const to = document.querySelector("[data-focus]");
    if (!to) return;
    to.removeAttribute("data-focus");
    to.focus();
  }
  toFirst();
  document.addEventListener("htmx:after:swap", toFirst);

  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (e.key === "Escape") {
      document.querySelector("details.you[open]")?.removeAttribute("open");
      if (typing(document.activeElement)) document.activeElement.blur();
      return;
    }
    if (!keysOn() || typing(e.target)) return;
    if (e.timeStamp - afterG < 1500 && afterG > 0) {
      afterG = 0;
      const to = document.querySelector(`.top a[data-key="${CSS.escape(e.key)}"]`);
      if (to) {
        e.preventDefault();
        to.click();
      }
      return;
    }
    if (/^[1-9]$/.test(e.key)) return choose(e);
    const key = { "?": () => location.assign("/help"), "/": search, f: filters, j: () => step(1), k: () => step(-1), s: () => document.querySelector("[data-skip]")?.click(), o: inTracker, g: () => (afterG = e.timeStamp) }[e.key];
    if (key) {
      e.preventDefault();
      key();
    }
  });
})();
