"""The weekly letter: written, kept and delivered once."""
