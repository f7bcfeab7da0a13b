"""What happened, where and when, as told by the organisations."""
