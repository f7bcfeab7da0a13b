"""Ongoing problems: what happens again at a place. Never about persons."""
