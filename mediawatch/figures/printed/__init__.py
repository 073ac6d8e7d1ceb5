"""Figures as others print them: tables and sentences of a circular, and the slips in them."""
