"""台账: the filed accounts, from files of any make to the store, and the registry's own errors.

Import from its modules: most commands need the words of a registry, not the readers of its files.
"""
