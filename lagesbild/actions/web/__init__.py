"""Actions: pages and API."""
