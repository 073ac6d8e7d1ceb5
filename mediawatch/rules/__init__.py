"""What follows from what was read: verdicts, findings, due dates. Pure."""
