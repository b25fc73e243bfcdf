// Hands the theme that the server chose to unfold's script before anything is painted, so that a dark page
// never flashes white. The choice itself is a cookie of the whole site, set by the form in the header.
(function () {
  "use strict";
  var chosen = document.documentElement.dataset.theme || "system";
  localStorage.setItem("adminTheme", JSON.stringify(chosen === "system" ? "auto" : chosen));
  var dark = chosen === "dark" || (chosen === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();
