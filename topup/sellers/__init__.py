"""Sellers, their members, and the keys by which programs speak for them."""
