"""What the group decides to do, who does it until when, and what came of it."""
