"""Ongoing problems: pages and API."""
