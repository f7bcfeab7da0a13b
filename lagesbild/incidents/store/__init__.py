"""The tables of incidents and their queries."""
