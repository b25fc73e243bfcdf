"""Tests of the staff console, as a browser sees it: real pages over HTTP, forms filled in and sent."""
