"""Drawings and papers of a meeting."""
