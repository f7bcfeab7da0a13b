"""What goes out, and how each cell is written."""
