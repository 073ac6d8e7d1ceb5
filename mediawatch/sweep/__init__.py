"""检查: the engine. Freeze a scope, look at every account, keep each reading at once, look again
before a finding, judge.

Resuming is the absence of a feature: what is left to do follows from the readings that were kept.
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
