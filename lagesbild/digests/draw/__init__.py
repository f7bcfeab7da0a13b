"""The letter as people see it: its words, its picture, and both as HTML and text."""
