"""Words in Latin letters and digits in ASCII that stand on a page in Persian and are not data.

Owns what is data: what an element marks as such (`DATA`), or what the marks of Unicode keep apart in plain
text. A name, an id, an address keeps its own letters; what people read as an amount, a time or a phone number
(`READ`) is written in the page's digits wherever it stands.
"""

from typing import Any

from playwright.sync_api import Page

DATA = 'bdi, code, pre, kbd, [dir="ltr"], [dir="auto"], [lang="en"], .material-symbols-outlined'
READ = "time, .figure, .phone"
NOT_READ = "script, style, template, noscript"
NAMES = (
    "TopUpEngine", "JavaScript", "SHA-256", "UTF-8", "JSON", "HTTP", "JPEG", "WebP", "XLSX", "gzip",
    "API", "CSV", "PDF", "PNG", "TLS", "URL", "IP",
)  # fmt: skip
"""What is called so in Persian too: products, formats, protocols."""

_FIND = r"""
([data, read, notRead, names]) => {
  const own = (text) => names.reduce((left, name) => left.replaceAll(name, ""),
    text.replace(/[\u2066-\u2068][^\u2069]*\u2069/g, ""));
  const foreign = (text) => /[A-Za-z]{2,}|[0-9]/.test(own(text));
  const isData = (element) => element.closest(data) && !element.closest(read);
  const found = [];
  const texts = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data: text, parentElement: element } = texts.currentNode;
    if (!foreign(text) || element.closest(notRead) || isData(element)) continue;
    found.push(`${text.trim().replace(/\s+/g, " ")} in ${element.cloneNode(false).outerHTML}`);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (!foreign(element.getAttribute(name)) || isData(element)) continue;
      found.push(element.cloneNode(false).outerHTML);
    }
  }
  for (const file of document.querySelectorAll("input[type=file]")) {
    // What a browser writes in it is in the browser's language.
    let seen = 1;
    for (let at = file; at; at = at.parentElement) seen *= Number(getComputedStyle(at).opacity);
    if (seen) found.push(file.outerHTML);
  }
  return found;
}
"""


def words(page: Page) -> list[str]:
    """One line for each element; hidden ones too: menus and dialogs open."""
    found: Any = page.evaluate(_FIND, [DATA, READ, NOT_READ, NAMES])
    return [str(each) for each in found]
