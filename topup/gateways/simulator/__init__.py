"""An operator that misbehaves on demand, by the last three digits of the number."""
