"""Seals: a signed record of how far every book was on a day, kept where the database does not reach.

`document.py` is what a seal says, `making.py` reads it from the books, `keeping.py` has the files. A database
whose journal was cut and whose books were set back proves itself; a seal that was made before does not agree.
"""
