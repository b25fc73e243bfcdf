"""Tests of what a deployment is made of: image, compose files, nginx, and the list of `doctor --deploy`."""
