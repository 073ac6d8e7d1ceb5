"""检查: the engine. Freeze a scope, look at every account, keep each reading at once, look again
before a finding, judge.

Resuming is the absence of a feature: what is left to do follows from the readings that were kept.
Import from its modules: most commands judge what is kept, and look at nothing.
"""
