"""Choosing a file in a form, in words of ours: a browser says its own in its own language.

Owns the widget. The browser's field lies over it, seen through, so that it takes the press, the keyboard and
a file that is dropped; `portal.js` writes the name of what was chosen.
"""

from django import forms


class ChosenFile(forms.FileInput):
    template_name = "portal/parts/file.html"
