"""The circular (通报) as data: its sections and annexes, every number read back. Pure."""
