"""The list of places: names people use, and where they are."""
