"""检查: the engine.

It freezes a scope, looks at every account, keeps each reading at once, looks again before a
finding, and judges. It needs no code for resuming: what is left to do follows from the kept
readings.
"""

from mediawatch.sweep.engine import Engine
from mediawatch.sweep.judging import checks_for, rejudge
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Progress, Step, Summary, no_progress

__all__ = [
    "Engine",
    "Progress",
    "Request",
    "Step",
    "Summary",
    "checks_for",
    "no_progress",
    "rejudge",
]
