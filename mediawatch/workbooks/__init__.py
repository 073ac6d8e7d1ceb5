"""Files of others: tables, workbooks, letters and templates, read in a limited process.

`child` and what it imports run in that process; `tables`, `forms`, `texts`, `parcels` and
`templates` are what the rest of the house asks. No module but these parses what others wrote.
"""
