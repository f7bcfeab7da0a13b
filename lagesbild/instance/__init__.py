"""Which installation a database belongs to, and whether this one is a copy of it."""
