"""Taking in the police's events, asking for them, and showing them beside the picture."""
