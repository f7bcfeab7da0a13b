"""The invented municipality: its districts, its places, and what happens there in a week."""
