// Keyboard and folding. Everything works without it; it only saves steps.
"use strict";
(function () {
  const closeDrops = (except) => {
    document.querySelectorAll("details.drop[open]").forEach((drop) => {
      if (drop !== except && !drop.contains(except)) drop.open = false;
    });
  };

  document.addEventListener("click", (event) => {
    const fold = event.target.closest(".bar-fold");
    if (fold) {
      const open = fold.closest(".bar").classList.toggle("open");
      fold.setAttribute("aria-expanded", String(open));
      return;
    }
    closeDrops(event.target.closest("details.drop"));
    // A row opens by click anywhere but on what is clickable itself, or when text is being selected.
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a, button, input, label, summary") && !String(window.getSelection())) {
      if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
      else window.location.assign(row.dataset.href);
    }
  });

  const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = event.target;
    if (event.key === "/" && !typing(target)) {
      const search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "Escape") {
      const drop = target.closest && target.closest("details.drop[open]");
      if (drop) { drop.open = false; drop.querySelector("summary").focus(); return; }
      closeDrops(null);
      const way = document.querySelector("[data-escape]");
      if (way && !document.querySelector("dialog[open]") && !(target.matches && target.matches("[data-search]"))) way.click();
    } else if ((event.key === "Enter") && target.matches && target.matches("tr[data-href]")) {
      window.location.assign(target.dataset.href);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && target.closest && target.closest("tbody") && !typing(target)) {
      const rows = Array.from(target.closest("tbody").querySelectorAll("tr[data-href]"));
      const next = rows[rows.indexOf(target.closest("tr")) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); (next.querySelector("a") || next).focus(); }
    }
  });

  // Copying a value that is shown in full beside the button; the button says that it was done.
  document.addEventListener("click", (event) => {
    const copier = event.target.closest("[data-copy]");
    if (!copier) return;
    event.preventDefault();
    const input = copier.parentElement.querySelector("input");
    const done = () => { copier.textContent = copier.dataset.copy; };
    input.select();
    if (navigator.clipboard) navigator.clipboard.writeText(input.value).then(done, () => document.execCommand("copy") && done());
    else if (document.execCommand("copy")) done();
  });

  // Moving a column up or down before the form is sent.
  document.addEventListener("click", (event) => {
    const mover = event.target.closest("[data-move]");
    if (!mover) return;
    event.preventDefault();
    const item = mover.closest("li");
    const other = mover.dataset.move === "up" ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (mover.dataset.move === "up") other.before(item); else other.after(item);
    mover.focus();
  });

  // Empty inputs of a filter form would only litter the address.
  const tidy = (form) => form.querySelectorAll("input[name], select[name]").forEach((input) => {
    if (!/^(checkbox|radio)$/.test(input.type) && input.value === "") {
      input.disabled = true;
      window.setTimeout(() => { input.disabled = false; }, 0);
    }
  });
  document.addEventListener("submit", (event) => { if (event.target.matches("form[data-tidy]")) tidy(event.target); }, true);

  // A double click sends one form. What answers with a file (data-again) may be sent again at once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || "again" in form.dataset || form.dataset.sent) { if (form.dataset.sent) event.preventDefault(); return; }
    form.dataset.sent = "yes";
    window.setTimeout(() => delete form.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // Screen readers hear what a partial refresh brought.
  document.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("[data-narrow]")) event.preventDefault(); });
  // A long group of choices shows those that hold every typed word, and what is chosen already.
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-narrow]")) return;
    const words = event.target.value.toLowerCase().split(/\s+/);
    event.target.closest("fieldset").querySelectorAll("label").forEach((choice) => {
      const text = choice.textContent.toLowerCase();
      choice.parentElement.hidden = !choice.querySelector("input:checked") && !words.every((word) => text.includes(word));
    });
  });

  // On a phone a row is a card: each cell then says what it is, in the words of its column.
  const label = () => document.querySelectorAll(".table-scroll > table.rows:not(.labelled)").forEach((table) => {
    const words = [...table.querySelectorAll("thead th")].map((head) => (head.querySelector("a") || head).firstChild?.textContent.trim() || "");
    table.querySelectorAll("tbody tr").forEach((row) => [...row.cells].forEach((cell, n) => { cell.dataset.label = row.cells.length === words.length ? words[n] : ""; }));
    table.classList.add("labelled");
  });
  label();

  document.addEventListener("htmx:afterSwap", () => {
    label();
    const said = document.querySelector("[data-announce]");
    const announcer = document.getElementById("announcer");
    if (said && announcer) announcer.textContent = said.dataset.announce;
  });
})();
