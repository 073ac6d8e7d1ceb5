"""通报: confirmed findings become notices, and notices are followed up.

Corrections, 复查, what is overdue. What earlier notices say stands in `mediawatch.publish.rounds`.
"""
