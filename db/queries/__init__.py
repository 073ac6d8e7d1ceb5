"""Named queries and statements of the operator, on connections that only read."""
