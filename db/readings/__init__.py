"""Readings: kept whole and never changed, with all that follows from them."""
