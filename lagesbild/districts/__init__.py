"""The districts of a municipality: names, divisions, and outlines that change over time."""
