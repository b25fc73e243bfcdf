"""Tests that read the product's own files and hold them to its rules."""
