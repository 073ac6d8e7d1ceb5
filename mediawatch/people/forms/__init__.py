"""The workbooks that people fill in: written, read again, each row checked."""
