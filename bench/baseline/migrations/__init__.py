"""Migrations of the baseline."""
