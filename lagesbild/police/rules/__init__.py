"""What an event of the police says, what of it is kept, and when the police may be asked."""
