"""Coming in: passwords, sessions, tokens, and the wall that everything stands behind."""
