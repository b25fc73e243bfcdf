"""Tests of the pure modules: no database, no server, no clock."""
