"""What a row of a list says: when and where."""
