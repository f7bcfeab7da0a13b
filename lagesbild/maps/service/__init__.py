"""What a map page shows: permission, then incidents, figures and the frame."""
