"""The settings tree: precedence, the places that errors name, secrets, and that documentation and
template tell the truth.
"""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from mediawatch.domain import UserError
from mediawatch.ops.settings import Home, Settings, read_settings

DOCS = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.upper().startswith("MEDIAWATCH_"):
            monkeypatch.delenv(name)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def leaves(model: BaseModel, before: str = "") -> dict[str, object]:
    """`section.key` -> value, secrets opened."""
    found: dict[str, object] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            found |= leaves(value, f"{before}{name}.")
        elif not isinstance(value, dict):  # what the office adds by surface has no defaults
            plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
            found[before + name] = list(plain) if isinstance(plain, tuple) else plain
    return found


def test_option_beats_environment_beats_file_beats_default(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_settings(home).sweep.policy == "national"
    home.config.write_text(
        '[sweep]\npolicy = "from-file"\nsecond_look_minutes = 5\npace = 3\n', encoding="utf-8"
    )
    assert read_settings(home).sweep.policy == "from-file"
    monkeypatch.setenv("MEDIAWATCH_SWEEP__POLICY", "from-environment")
    monkeypatch.setenv("MEDIAWATCH_SWEEP__SECOND_LOOK_MINUTES", "6")
    assert read_settings(home).sweep.policy == "from-environment"
    settings = read_settings(home, {"sweep": {"policy": "from-option"}})
    assert (settings.sweep.policy, settings.sweep.second_look_minutes, settings.sweep.pace) == (
        "from-option",
        6,
        3,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[pace.'weibo.desktop']\nevry = 3",
            ["pace.weibo.desktop.evry", "mediawatch.toml", "per_hour"],
        ),
        ("[pace.'weibo.desktop']\nevery = 0.1", ["pace.weibo.desktop.every", "1.5", "0.1"]),
        ("[browser]\nexecutible = 'x'", ["browser.executible", "mediawatch.toml", "executable"]),
        ("[brouser]\nproxy = 'x'", ["brouser", "mediawatch.toml", "browser"]),
        ("colour = 1", ["colour", "mediawatch.toml"]),
        ("[browser]\nconcurrency = 'many'", ["browser.concurrency", "mediawatch.toml", "many"]),
        ("[browser]\nconcurrency = 0", ["browser.concurrency", "mediawatch.toml", "1"]),
        ("[sweep]\npace = 0.1", ["sweep.pace", "mediawatch.toml", "0.5"]),
        ("browser = 3", ["browser", "mediawatch.toml"]),
        ("[sweep\npolicy = 'x'", ["mediawatch.toml", "TOML", "line 1"]),
    ],
)
def test_a_wrong_file_is_named_with_key_and_place(home: Home, text: str, words: list[str]) -> None:
    home.config.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_settings(home)
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MEDIAWATCH_SWEEP__POLICE", "tibet", ["sweep.police", "environment", "policy"]),
        ("MEDIAWATCH_SWEEPS__POLICY", "tibet", ["MEDIAWATCH_SWEEPS__POLICY", "MEDIAWATCH_SWEEP__"]),
        ("MEDIAWATCH_DEBUG", "1", ["MEDIAWATCH_DEBUG"]),
        ("MEDIAWATCH_BROWSER__CONCURRENCY", "lots", ["MEDIAWATCH_BROWSER__CONCURRENCY", "lots"]),
        ("MEDIAWATCH_BROWSER", "{", ["environment", "MEDIAWATCH_SECTION__KEY"]),
    ],
)
def test_a_wrong_variable_is_named(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: list[str]
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UserError) as caught:
        read_settings(home)
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_wrong_option_is_blamed_on_the_command_line_not_on_the_file(home: Home) -> None:
    home.config.write_text("[sweep]\npace = 2\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"sweep\.pace in the command line.*got 0\b"):
        read_settings(home, {"sweep": {"pace": 0}})


def test_a_secret_is_never_shown(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.config.write_text(
        '[database]\nurl = "postgresql+psycopg://office:hunter2@db/x"\n[browser]\nproxy = '
        '"http://u:hunter2@p:1"\n'
    )
    settings = read_settings(home)
    assert "hunter2" in home.database_url(settings)
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", '["hunter2"]')
    monkeypatch.setenv("MEDIAWATCH_BROWSER__CONCURRENCY", "hunter3")
    for _ in range(2):
        with pytest.raises(UserError) as caught:
            read_settings(home)
        assert "hunter2" not in str(caught.value)
        monkeypatch.setenv("MEDIAWATCH_BROWSER", '{"proxy": ["hunter2"]}')


MISPLACED = "mailtos://u:SECRETPW@h/db"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"database = '{MISPLACED}'", ["database in", "[database]", "url"]),
        (f"notify = '{MISPLACED}'", ["notify in", "[notify]", "urls"]),
        (f"notify = ['{MISPLACED}']", ["notify in", "[notify]"]),
        (f"[[database]]\nurl = '{MISPLACED}'", ["database in", "[database]"]),
        (f"[notify]\nurls = '{MISPLACED}'", ["notify.urls"]),
        (f"[notify]\nurls = [['{MISPLACED}']]", ["notify.urls.0"]),
        (f"[notify]\nurl = '{MISPLACED}'", ["notify.url", "urls"]),
        (f"addresses = ['{MISPLACED}']", ["addresses", "notify"]),
        (f"[pace]\nevery = '{MISPLACED}'", ["pace.every", '[pace."SURFACE"]', "per_hour"]),
        (f"[output]\nmarks = '{MISPLACED}'", ["output.marks"]),
        (f"[browser]\nexecutable = ['{MISPLACED}']", ["browser.executable"]),
        (f"[log]\nlevel = '{MISPLACED}'", ["log.level", "warning"]),
    ],
)
def test_a_secret_in_the_wrong_place_is_not_shown_either(
    home: Home, text: str, words: list[str]
) -> None:
    home.config.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_settings(home)
    assert all(word in str(caught.value) for word in [*words, "mediawatch.toml"]), caught.value
    assert "SECRETPW" not in str(caught.value)


@pytest.mark.parametrize(
    "value", [MISPLACED, f'"{MISPLACED}"', f'["{MISPLACED}"]', f'[["{MISPLACED}"]]']
)
@pytest.mark.parametrize(
    "name", ["DATABASE", "NOTIFY", "NOTIFY__URL", "NOTIFY__LINES", "PACE__EVERY", "SWEEP__PACE"]
)
def test_a_secret_in_the_wrong_variable_is_not_shown_either(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"MEDIAWATCH_{name}", value)
    with pytest.raises(UserError, match="environment") as caught:
        read_settings(home)
    assert "SECRETPW" not in str(caught.value)


def test_a_file_saved_by_notepad_is_read_and_one_in_gb18030_is_refused(home: Home) -> None:
    home.config.write_bytes('\ufeff[sweep]\r\npolicy = "西藏.toml"\r\n'.encode())
    assert read_settings(home).sweep.policy == "西藏.toml"
    home.config.write_bytes('[sweep]\npolicy = "西藏.toml"\n'.encode("gb18030"))
    with pytest.raises(UserError, match="save it as UTF-8"):
        read_settings(home)


def test_the_template_written_by_init_shows_every_default(home: Home) -> None:
    text = home.config.read_text(encoding="utf-8")
    assert tomllib.loads(text) == {section: {} for section in Settings.model_fields}, (
        "commented out: a later default must take effect"
    )
    shown = tomllib.loads(re.sub(r"(?m)^# (?=\w+ = )", "", text))
    flat = {
        f"{section}.{key}": value for section, keys in shown.items() for key, value in keys.items()
    }
    assert flat == leaves(Settings())


def test_the_documentation_names_every_key_with_its_default() -> None:
    rows = re.findall(r"(?m)^\| `([\w.]+)` \| `([^`]*)` \|", DOCS.read_text(encoding="utf-8"))
    documented = {key: tomllib.loads(f"value = {default}")["value"] for key, default in rows}
    assert documented == leaves(Settings())
    assert len(rows) == len(documented)


def test_the_home_is_private_and_made_only_once(
    home: Home,
) -> None:
    assert stat.S_IMODE(home.sessions.stat().st_mode) == 0o700
    home.config.write_text("[sweep]\npace = 2\n", encoding="utf-8")
    home.sessions.chmod(0o755)
    home.create()
    assert home.config.read_text(encoding="utf-8") == "[sweep]\npace = 2\n"
    assert stat.S_IMODE(home.sessions.stat().st_mode) == 0o700
    assert home.database_url(read_settings(home)) == f"sqlite:///{home.root}/mediawatch.db"


def test_a_marked_home_stays_marked(tmp_path: Path) -> None:
    home = Home(tmp_path / "demo").create("演示数据")
    assert read_settings(home).output.marks == ("演示数据",)
    assert read_settings(home.create()).output.marks == ("演示数据",)


def test_the_home_is_the_option_then_the_variable_then_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"MEDIAWATCH_HOME": str(tmp_path / "b")}
    assert Home.at(tmp_path / "a", environ).root == tmp_path / "a"
    assert Home.at(None, environ).root == tmp_path / "b"
    assert Home.at(None, {"MEDIAWATCH_HOME": ""}) == Home.at(None, {})
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert Home.at(None, {}).root == tmp_path / "data" / "mediawatch"
    assert not (tmp_path / "a").exists()


def test_a_home_that_cannot_be_made_or_is_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot set up the home"):
        Home(tmp_path / "file").create()
    with pytest.raises(UserError, match="init"):
        Home(tmp_path / "typo").require()


def test_secrets_come_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As containers and systemd hand them over: one file each, for its reader alone."""
    home, kept = Home(tmp_path / "home").create(), tmp_path / "secrets"
    monkeypatch.setenv("MEDIAWATCH_SECRETS", str(kept))
    with pytest.raises(
        UserError, match=r"MEDIAWATCH_SECRETS names .*secrets, which cannot be read"
    ):
        read_settings(home)
    kept.mkdir()
    (kept / "mediawatch_database__url").write_text("postgresql://a:hunter2@db/x\n")
    (kept / "mediawatch_notify__urls").write_text('["wecombot://KEY"]')
    (kept / "postgres_password").write_text("of another program")
    found = read_settings(home)
    assert found.database.url.get_secret_value() == "postgresql://a:hunter2@db/x"
    assert [url.get_secret_value() for url in found.notify.urls] == ["wecombot://KEY"]
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", "postgresql://b@db/y")
    assert read_settings(home).database.url.get_secret_value() == "postgresql://b@db/y"
    (kept / "mediawatch_databse__url").write_text("x")
    with pytest.raises(UserError, match="unknown file in MEDIAWATCH_SECRETS mediawatch_databse"):
        read_settings(home)
