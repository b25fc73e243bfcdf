"""Faults made on purpose, under load, and an auditor that has nothing in common with the product."""
