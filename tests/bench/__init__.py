"""Tests of the benchmark: what it reads, and that what it counts is what happened. No figure is asserted."""
