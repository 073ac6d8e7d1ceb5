"""What leaves as lists: one table model, rendered for terminals and files."""
