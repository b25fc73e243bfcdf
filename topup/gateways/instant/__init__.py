"""The gateway that is none: an instant sale counts as delivered in its own transaction."""
