"""Who is in the group: letting people in, changing what they are, and stopping them."""
