"""What becomes of the rows of a list, and of the list."""
