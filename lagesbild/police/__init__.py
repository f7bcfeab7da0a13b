"""The police's public events, shown beside the picture."""
