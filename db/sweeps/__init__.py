"""Sweeps: the frozen scope, its judgements, and what became of the findings."""
