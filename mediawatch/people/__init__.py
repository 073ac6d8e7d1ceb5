"""What people answer: reviews, links, worklists, dispatched sheets, feedback forms."""
