"""Maps as markup and as files."""
