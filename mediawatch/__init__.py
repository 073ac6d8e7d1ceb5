"""mediawatch finds filed government social media accounts that are dormant, renamed or gone."""

__version__ = "0.1.0"
