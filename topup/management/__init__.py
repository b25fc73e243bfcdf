"""The commands of the product: `topup up`, `serve`, `doctor`, and all of Django's.

Whatever starts, watches or checks an installation from outside is here; no rule of the business is.
"""
