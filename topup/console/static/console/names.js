// Gives the names that pages use in their attributes to Alpine, whose build without `eval` finds no global
// function by itself; and what surrounds every page: whether the navigation is open, and which tab is shown.
(function () {
  "use strict";
  var KEPT = "sidebarDesktopOpen";

  // Enter takes the first result where none was chosen, and nothing where there is none.
  function search() {
    var made = searchCommand(), take = made.selectItem;
    made.selectItem = function (remember, elsewhere) {
      if (!this.items || !this.items.length) return;
      this.currentIndex = this.currentIndex || 1;
      take.call(this, remember, elsewhere);
    };
    return made;
  }

  document.addEventListener("alpine:init", function () {
    var names = { theme: theme, searchForm: searchForm, searchDropdown: searchDropdown, searchCommand: search };
    Object.keys(names).forEach(function (name) { Alpine.data(name, names[name]); });
    Alpine.data("consoleFrame", function (tab) {
      return {
        activeTab: tab || "",
        sidebarMobileOpen: false,
        sidebarDesktopOpen: localStorage.getItem(KEPT) !== "0",
        // A form's address, which unfold's template reads where it names the tab that was open.
        window: { location: { pathname: location.pathname, search: location.search } },
        init: function () {
          this.activeTab = getCurrentTab() || this.activeTab;
          this.$watch(KEPT, function (open) { localStorage.setItem(KEPT, open ? "1" : "0"); });
        },
      };
    });
  });
})();
