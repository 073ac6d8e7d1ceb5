"""A worker's textfile, read again by Prometheus' own parser."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from samples import NOW

from mediawatch.domain import Outcome
from mediawatch.sweep.worker_metrics import WorkerFigures, write_worker


def test_a_worker_tells_what_it_did_and_when_it_lived(tmp_path: Path) -> None:
    figures = WorkerFigures(
        worker="host-1",
        version="0.1.0",
        began_at=NOW,
        looks=Counter({("weibo", Outcome.OK): 12, ("weibo", Outcome.CAPTCHA): 1}),
        tasks=Counter(done=12, put_back=1),
        waited=Counter({"weibo": 41_500}),
        breakers=1,
        in_hand=3,
    )
    target = tmp_path / "worker-1.prom"
    write_worker(target, figures, NOW + timedelta(seconds=90))
    families = text_string_to_metric_families(target.read_text("utf-8"))
    samples = [sample for family in families for sample in family.samples]
    assert {sample.labels["worker"] for sample in samples} == {"host-1"}
    found = {
        (sample.name.removeprefix("mediawatch_worker_"), *labels): sample.value
        for sample in samples
        for labels in [[value for name, value in sample.labels.items() if name != "worker"]]
    }
    assert found == {
        ("looks_total", "captcha", "weibo"): 1,
        ("looks_total", "ok", "weibo"): 12,
        ("tasks_total", "done"): 12,
        ("tasks_total", "failed"): 0,
        ("tasks_total", "put_back"): 1,
        ("waited_seconds_total", "weibo"): 41.5,
        ("breakers_open",): 1,
        ("looks_in_hand",): 3,
        ("start_timestamp_seconds",): NOW.timestamp(),
        ("alive_timestamp_seconds",): NOW.timestamp() + 90,
        ("info", "0.1.0"): 1,
    }
    write_worker(target, figures, NOW)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
