// Amounts at a press: the buttons are shown where this runs, and write into the field of the amount.
"use strict";

const showSuggestions = () => {
  for (const group of document.querySelectorAll("[data-suggestions][hidden]")) group.hidden = false;
};
document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-amount]");
  if (!pressed) return;
  const amount = document.getElementById("id_amount");
  amount.value = pressed.dataset.amount;
  amount.focus();
});
document.addEventListener("htmx:afterSettle", showSuggestions);
document.addEventListener("DOMContentLoaded", showSuggestions);
