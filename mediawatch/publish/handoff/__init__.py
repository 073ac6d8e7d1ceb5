"""The hand-off `mediawatch.handoff/1`: what the system that writes the circular (通报) is given.

It holds no wall-clock time of its own and only relative paths, so the same state gives the same
bytes. Contacts never stand in it.
"""

from mediawatch.publish.handoff.document import json_schema, of, of_collected, to_bytes
from mediawatch.publish.handoff.parts import Handoff

__all__ = ["Handoff", "json_schema", "of", "of_collected", "to_bytes"]
