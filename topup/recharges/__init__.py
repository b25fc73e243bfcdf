"""Recharges: what sellers sell, from the sale to its end."""
