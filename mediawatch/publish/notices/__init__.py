"""通报: confirmed findings become notices, and notices are followed up.

Corrections, appeals, 复查. What earlier notices say stands in `mediawatch.publish.rounds`.
"""
