"""Operators (mobile networks) and the gateways that lead to them."""
