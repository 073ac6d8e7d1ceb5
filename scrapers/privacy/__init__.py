"""What may not leave: the operator's identity on pages, cookies and tokens in recorded cases."""
