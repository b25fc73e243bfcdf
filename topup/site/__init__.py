"""The composition root: Django's settings and URLs, and the application that serves both halves."""
