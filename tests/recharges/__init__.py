"""The life of a recharge after its sale: operators, callbacks, review, disputes."""
