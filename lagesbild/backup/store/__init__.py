"""The database as a backup sees it, the file, and PostgreSQL's own tools between them."""
