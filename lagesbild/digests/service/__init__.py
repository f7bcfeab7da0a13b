"""What the group does with letters: permission, rule, store, audit, in that order."""
