"""Accounts: the registry with its history, its links, and who each account is as filed now."""
