"""A local stand-in of the four platforms, driven by a world.

It and the scrapers' platform files never import each other.
"""

from scrapers.replica.cases import Case, CaseError, case_folders
from scrapers.replica.server import Replica, ServedRequest
from scrapers.replica.truth import ArticleState, TrueAccount, TruePost, Truth
from scrapers.replica.world import World
from scrapers.replica.world_row import WorldError

__all__ = [
    "ArticleState",
    "Case",
    "CaseError",
    "Replica",
    "ServedRequest",
    "TrueAccount",
    "TruePost",
    "Truth",
    "World",
    "WorldError",
    "case_folders",
]
