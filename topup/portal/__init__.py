"""The seller portal: what the members of a seller see and do. `docs/portal.md` says how a page is made."""
