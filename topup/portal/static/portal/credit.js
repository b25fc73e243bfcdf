// A receipt that is too large is refused as it is chosen, not after minutes of uploading. The server has the
// last word: without this file it says the same.
"use strict";

document.addEventListener("change", (event) => {
  const input = event.target.closest("input[type=file][data-most]");
  if (!input) return;
  const field = input.closest(".field");
  field.querySelector(".error")?.remove();
  const chosen = input.files[0];
  const tooLarge = chosen !== undefined && chosen.size > Number(input.dataset.most);
  field.classList.toggle("wrong", tooLarge);
  input.setAttribute("aria-invalid", String(tooLarge));
  if (!tooLarge) return;
  input.value = "";
  const said = field.querySelector("[data-chosen]");
  said.textContent = said.dataset.none;
  const error = document.createElement("p");
  error.className = "error";
  error.setAttribute("role", "alert");
  error.textContent = input.form.dataset.tooLarge;
  field.append(error);
});
