"""台账: the filed accounts, from files of any make to the store, and what the registry itself gets
wrong.

Import from its modules: most commands need the words of a registry, not the readers of its files.
"""
