"""The only code that knows a site."""
