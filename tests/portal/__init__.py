"""The seller portal over HTTP, without a browser: who gets in, and what is said in which language."""
