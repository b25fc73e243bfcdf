"""Redis beside the product: what it shares, and that nothing needs it."""
