"""Reviews: what people decided about findings."""
