"""What the service says about itself, and how each visitor wants to see it."""
