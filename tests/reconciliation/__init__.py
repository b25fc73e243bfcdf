"""Tests of reconciliation: what is told of each book, what is mended, and what never is."""
