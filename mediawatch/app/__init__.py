"""The one composition root: settings -> store, scrapers, engine. The only package that imports both
adapters.
"""

from mediawatch.app.cases import CASE_PATIENCE, verify
from mediawatch.app.locks import only_one, runs_now, without_sweep
from mediawatch.app.root import App, host_clock, open_app
from mediawatch.app.staging import DEMO_LOGINS, WorldStage, clock_from, open_stage
from mediawatch.app.wiring import DEMONSTRATION, Route

__all__ = [
    "CASE_PATIENCE",
    "DEMONSTRATION",
    "DEMO_LOGINS",
    "App",
    "Route",
    "WorldStage",
    "clock_from",
    "host_clock",
    "only_one",
    "open_app",
    "open_stage",
    "runs_now",
    "verify",
    "without_sweep",
]
