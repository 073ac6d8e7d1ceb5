"""What leaves the house: the inspection, notices, reports, the hand-off."""
