"""Figures of an inspection: counts, dimensions, comparisons, published circulars. Pure."""
