"""Commands that take in and give out other people's files."""
