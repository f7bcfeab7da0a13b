"""What a layer of districts must be, and what a change of it moves."""
