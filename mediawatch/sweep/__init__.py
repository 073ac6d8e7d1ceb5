"""检查: the engine.

It freezes a scope, looks at every account, keeps each reading at once, looks again before a
finding, and judges. It needs no code for resuming: what is left to do follows from the kept
readings. Import from its modules: most commands judge what is kept, and look at nothing.
"""
