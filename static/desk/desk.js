/* What htmx does not know about the desk. Every page works without this file. */
(function () {
  "use strict";

  // A whole page (sign-in after the session ended, an error page) replaces the whole page,
  // never the small place the request was made for.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (/<html[\s>]/i.test(event.detail.serverResponse || "")) {
      event.detail.target = document.body;
      event.detail.swapOverride = "innerHTML";
      event.detail.selectOverride = null;
    }
  });

  // Nothing came back: say so where refusals are said.
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach((name) => {
    document.addEventListener(name, () => {
      const words = document.getElementById("unreachable");
      const notes = document.getElementById("notes");
      if (words && notes) notes.replaceChildren(words.content.cloneNode(true));
    });
  });

  // A refusal or an error summary is read and seen at once. Where the swap took the button that
  // was pressed, focus goes to what was said, else to what is new. What loads by itself takes none.
  document.addEventListener("htmx:afterSettle", (event) => {
    const asked = event.detail.requestConfig;
    if (asked && asked.elt.getAttribute("hx-trigger") === "load") return;
    const note = event.target.querySelector("[data-focus]");
    if (note) note.focus();
    else if (document.activeElement === document.body) {
      const notes = document.getElementById("notes");
      const place = notes && notes.textContent.trim() ? notes : event.target;
      place.tabIndex = -1;
      place.focus();
    }
  });

  // A form is sent once: its buttons rest while it is on its way.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (!form.matches("[hx-post]")) {
      form.dataset.sent = "yes";
      // Coming back by the browser's back button, the form can be sent again.
      window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
    }
  });

  // The menu's folders stay as they were left. Where storage is closed, they open where one is.
  const folds = document.querySelectorAll("details[data-fold]");
  const left = (key, value) => {
    try {
      if (value === undefined) return localStorage.getItem(key);
      return localStorage.setItem(key, value);
    } catch { return null; }
  };
  folds.forEach((fold) => {
    const key = "sd-fold-" + fold.dataset.fold;
    if (left(key) === "open") fold.open = true;
    fold.querySelector("summary").addEventListener("click", () => left(key, fold.open ? "" : "open"));
  });

  // Ctrl-K opens the palette; the arrows walk through what it found.
  const palette = document.getElementById("palette");
  if (palette) {
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (palette.open) palette.close(); else palette.showModal();
        return;
      }
      if (!palette.open || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
      event.preventDefault();
      const stops = [palette.querySelector("input"), ...palette.querySelectorAll("li a")];
      const way = event.key === "ArrowDown" ? 1 : -1;
      const next = stops.indexOf(document.activeElement) + way;
      stops[(next + stops.length) % stops.length].focus();
    });
    palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
  }

  // Menus close when one looks elsewhere.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.sd-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.sd-menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
})();
