"""Mutation testing of the pure rules: each is broken on purpose, and the tests must notice."""
