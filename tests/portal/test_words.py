"""Every text is translated: none is missing or doubtful, none stands in a template unmarked."""

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.installation import ROOT
from tests.support.needs import needs

LOCALE = ROOT / "locale"
LANGUAGES = ("en", "fa")
TEMPLATES = sorted((ROOT / "topup").rglob("templates/**/*.html"))
NAMES = {"TopUpEngine", "API", "CSV", "Excel", "XLSX", "PDF", "JSON", "HTTP", "URL", "toman", "rial"} | {
    "Ctrl",
    "Esc",
    "English",
    "فارسی",
}
"""Words that are the same in every language: keys of the keyboard, a language's own name."""
SAID_ALOUD = re.compile(r"""\s(?:aria-label|title|placeholder|alt)=("[^"]*"|'[^']*')""")
TRANSLATED = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}|{%\s*comment\b.*?{%\s*endcomment\s*%}"
    r"|<script\b.*?</script>|<!--.*?-->|{#.*?#}",
    re.DOTALL,
)
PICTURES = re.compile(r"<span\b[^>]*\bmaterial-symbols-outlined\b[^>]*>.*?</span>", re.DOTALL)
"""The console's icons: the font draws a picture where its name stands."""
MADE = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
TAGS = re.compile(r"""&\w+;|<(?:"[^"]*"|'[^']*'|[^'">])*>""", re.DOTALL)
NO_WORDS = re.compile(r"{%\s*block\s+\w*class\w*\s*%}.*?{%\s*endblock\s*%}")
WORD = re.compile(r"[^\W\d_]{2,}")


def catalogue(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def compiled(path: Path) -> dict[object, str]:
    """What a compiled file says, but for its header."""
    with path.open("rb") as file:
        said: dict[object, str] = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]  # no other way to all of it
    return {text: translation for text, translation in said.items() if text}


def of_source(po: Path, tmp_path: Path) -> dict[object, str]:
    made = tmp_path / "django.mo"
    subprocess.run([needs("msgfmt"), "--check", "-o", made, po], check=True)
    return compiled(made)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every text that the sources mark, as `make messages` finds them."""
    needs("xgettext")
    copy = tmp_path_factory.mktemp("texts")
    shutil.copytree(ROOT / "topup", copy / "topup", ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copytree(LOCALE, copy / "locale")
    program = (
        "import sys; sys.path.insert(0, '.');"
        "from django.conf import settings; settings.configure(LOCALE_PATHS=['locale']);"
        "import django; django.setup();"
        "from django.core.management import call_command;"
        "call_command('makemessages', locale=['fa'], no_obsolete=True, verbosity=0, no_location=True,"
        " no_wrap=True)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=copy, check=True)
    return set(_texts((copy / "locale" / "fa" / "LC_MESSAGES" / "django.po").read_text("utf-8")))


def _texts(po: str) -> list[str]:
    return re.findall(r"^msgid (.+(?:\n\".*\")*)", po, re.MULTILINE)


def test_every_text_of_the_sources_is_in_the_catalogue(collected: set[str]) -> None:
    for language in LANGUAGES:
        assert collected - set(_texts(catalogue(language).read_text("utf-8"))) == set()


def test_no_persian_text_is_missing_or_doubtful() -> None:
    entries = catalogue("fa").read_text("utf-8").split("\n\n")
    texts = [entry for entry in entries[1:] if entry.strip() and not entry.startswith("#~")]

    assert [entry for entry in texts if re.search(r'^msgstr(\[\d\])? ""$(?!\n")', entry, re.MULTILINE)] == []
    assert [entry for entry in texts if re.search(r"^#,.*fuzzy", entry, re.MULTILINE)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str, tmp_path: Path) -> None:
    po = catalogue(language)

    assert compiled(po.with_suffix(".mo")) == of_source(po, tmp_path)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_marks_every_word(path: Path) -> None:
    marked = TRANSLATED.sub(" ", PICTURES.sub(" ", NO_WORDS.sub(" ", path.read_text("utf-8"))))
    text = MADE.sub(" ", marked)

    words = {*WORD.findall(TAGS.sub(" ", text)), *WORD.findall(" ".join(SAID_ALOUD.findall(text)))}

    assert words - NAMES == set()
