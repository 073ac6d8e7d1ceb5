"""What people answer: reviews, links, worklists, dispatched sheets, feedback forms."""

PERSON = "person"
"""The surface of what a person saw."""
