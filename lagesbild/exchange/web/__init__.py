"""Pages and API for what comes in and goes out."""
