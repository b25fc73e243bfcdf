"""Every book against its journal, while sales go on, and the mending of what is slightly wrong."""
