"""Settlement files: what an operator says that it delivered, against what we say that we sold."""
