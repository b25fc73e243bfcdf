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

  // A field that is chosen from by typing is drawn by a library, which gives it no name of its own.
  window.addEventListener("load", function () {
    document.querySelectorAll("select.select2-hidden-accessible").forEach(function (field) {
      var label = document.querySelector('label[for="' + CSS.escape(field.id) + '"]');
      var drawn = field.nextElementSibling;
      if (!label || !drawn) return;
      drawn.querySelectorAll("[role=combobox], [role=textbox]").forEach(function (part) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", label.textContent.trim());
      });
    });
  });

  document.querySelectorAll("[data-autosubmit]").forEach(function (field) {
    field.addEventListener("change", function () { field.form.requestSubmit(); });
  });
})();
