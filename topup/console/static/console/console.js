// What the console does beside unfold's own scripts: lets the queue of credit requests be worked through
// by keyboard. It decides nothing: a key presses a button that is there.
(function () {
  "use strict";
  var typing = function (element) {
    return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  };

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    var pressed = document.querySelector('[data-key="' + CSS.escape(event.key) + '"]');
    if (!pressed) return;
    event.preventDefault();
    if (pressed.tagName === "TEXTAREA" || pressed.tagName === "INPUT") pressed.focus();
    else pressed.click();
  });

  // A field that is chosen from by typing is drawn by a library, some time later, and without a name.
  function nameDrawn() {
    document.querySelectorAll("select.select2-hidden-accessible").forEach(function (field) {
      var label = document.querySelector('label[for="' + CSS.escape(field.id) + '"]');
      var drawn = field.nextElementSibling;
      if (!label || !drawn) return;
      drawn.querySelectorAll("[role=combobox], [role=textbox]").forEach(function (part) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", label.textContent.trim());
      });
    });
  }
  if (document.querySelector("select.admin-autocomplete")) {
    nameDrawn();
    new MutationObserver(nameDrawn).observe(document.body, { childList: true, subtree: true });
  }

  // What scrolls in a box is read aloud by this name.
  if (window.SimpleBar) window.SimpleBar.defaultOptions.ariaLabel = document.body.dataset.scrolls;

  // Django's own script says how many rows are selected; its numbers are to be those of the page.
  if (document.documentElement.lang === "fa" && window.interpolate) {
    var plain = window.interpolate, figures = new Intl.NumberFormat("fa");
    window.interpolate = function (text, values, named) {
      var shown = Array.isArray(values) ? [] : {};
      Object.keys(values).forEach(function (name) {
        shown[name] = typeof values[name] === "number" || /^\d+$/.test(values[name]) ? figures.format(values[name]) : values[name];
      });
      return plain(text, shown, named);
    };
  }

  document.querySelectorAll("[data-autosubmit]").forEach(function (field) {
    field.addEventListener("change", function () { field.form.requestSubmit(); });
  });
})();
