"""通报: what an inspection's confirmed findings become, and what becomes of them: corrections,
appeals, 复查, the rounds before.
"""
