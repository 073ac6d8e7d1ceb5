"""The gate before every look: pace, breakers, canaries, attempts."""
