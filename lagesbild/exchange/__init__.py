"""What comes in and goes out in other people's formats."""
