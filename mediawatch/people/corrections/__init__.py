"""台账更正提示单: filings to correct, out to the units."""
