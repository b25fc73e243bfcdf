"""Tampering: what a superuser changes past every guard, and who finds it."""
