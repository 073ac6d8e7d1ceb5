"""人工核查清单: what the machine cannot prove goes to people as an xlsx.

It comes back as readings like any other. Import from its modules: a command that counts what is
open reads and writes no workbook.
"""
