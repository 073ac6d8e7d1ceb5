"""Hand-offs of lower offices, read back: proved, counted anew, put together, compared with our own."""
