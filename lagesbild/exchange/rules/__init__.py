"""What other people's files mean, and what is said about them."""
