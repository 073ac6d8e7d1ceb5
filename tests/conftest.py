"""Fixtures for all tests; each lives in a module of its own."""

pytest_plugins = ["browsers", "postgres", "stores"]
