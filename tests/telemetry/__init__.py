"""Tests of what the product tells about itself."""
