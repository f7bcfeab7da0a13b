"""Organisations, persons and roles: who may come in and what they may do."""
