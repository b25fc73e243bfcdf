"""A standby: a primary with its synchronous copy, and what is lost when the copy takes over."""
