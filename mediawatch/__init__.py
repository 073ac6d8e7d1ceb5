"""mediawatch: finds out which filed government social media accounts fell asleep, changed their
name or vanished.
"""

__version__ = "0.1.0"
