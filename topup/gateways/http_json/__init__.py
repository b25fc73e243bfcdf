"""An operator that is reached by JSON over HTTP, as staff describe it."""
