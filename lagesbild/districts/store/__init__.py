"""The tables of divisions, districts and outlines, and their queries."""
