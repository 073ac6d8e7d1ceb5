"""Rows to words of the domain and back.

Field names are column names; the few that differ are spelt out here.
"""
