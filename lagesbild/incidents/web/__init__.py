"""Pages and API about incidents."""
