"""The file for Prometheus is read back by Prometheus' own parser, whatever stands in a label."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from samples import NOW

from mediawatch.domain import Ending, SessionState, SweepRun
from mediawatch.sweep import metrics

HOSTILE = [
    'a"} 1\nmediawatch_exit_code 0\n#',
    "a\\",
    "a\\n",
    "two words",
    "a\x00\x1b\u202e\u2028",
    "\udcff",
    "{a=b}",
    "名",
    "",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_label_stays_one_label(tmp_path: Path, name: str) -> None:
    night = SweepRun(
        id=1,
        sweep_id=1,
        started_at=NOW,
        ended_at=NOW + timedelta(hours=1),
        ending=Ending.COMPLETE,
        exit_code=64,
        looks={f"{name} ok": 3, "weibo captcha": 1},
        verdicts={"fresh": 3, name: 1},
        turns={name: 2},
    )
    target = tmp_path / "a.prom"
    metrics.write(target, night, {(name, SessionState.VALID): 1}, None)
    text = target.read_text("utf-8")
    # The parser gives labels by name: outcome, platform.
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["mediawatch_exit_code",] == 64
    platforms = {key[2] for key in found if key[0] == "mediawatch_looks"}
    assert len(platforms) == 2
    assert found["mediawatch_looks", "captcha", "weibo"] == 1
    assert sum(value for key, value in found.items() if key[0] == "mediawatch_looks") == 4
    assert not any(char in text for char in "\x1b\u202e\u2028\x00")
