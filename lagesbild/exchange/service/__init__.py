"""Taking in and giving out other people's formats: permission first, all of a file or nothing."""
