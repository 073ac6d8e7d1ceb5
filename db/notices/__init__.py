"""Notices: what was issued, and what became of it."""
