"""A list of places as others keep it."""
