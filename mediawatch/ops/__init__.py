"""What an administrator runs: settings, alerts, evidence, retention, recorded cases, logins, the
browser, timers.
"""
