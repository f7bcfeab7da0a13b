"""The first start of a municipality of one's own, and what is missing before its first meeting."""
