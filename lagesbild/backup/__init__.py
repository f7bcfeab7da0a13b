"""A copy of the whole installation, and how it is put back."""
