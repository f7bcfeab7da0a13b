"""The weekly picture that the group meets about, and what it publishes."""
