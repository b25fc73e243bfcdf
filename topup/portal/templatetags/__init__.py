"""What the portal's templates load."""
