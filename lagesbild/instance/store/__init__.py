"""What the database and this machine know about the installation."""
