"""Where the options come from, and what is said when one of them will not do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from audit.settings import LOOKING, SETTINGS, WAITING, settings, time_outs
from audit.speech import CommandLine, Order
from crawler.plan import Timeouts


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(f"AUDIT_{name.upper()}", raising=False)


@click.group(cls=CommandLine)
def line() -> None:
    """A command line with every option."""


@line.command(
    "run",
    cls=Order,
    params=settings("site", "data", "registry", "law_day", "fail_on", "format", "from_warc", *LOOKING, *WAITING),
)
def run(**given: object) -> None:
    for name, value in sorted(given.items()):
        click.echo(f"{name}={value!r}")


def ask(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(line, ["run", *arguments], env=env)


def given(result: Result) -> dict[str, str]:
    assert result.exit_code == 0, result.stderr
    return dict(text.split("=", 1) for text in result.stdout.splitlines())


def file(text: str) -> None:
    Path("audit.toml").write_text(text, "utf-8")


def sentence(result: Result) -> str:
    """The one sentence on stderr of a refusal."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (told,) = result.stderr.splitlines()
    assert list(Path().iterdir()) in ([], [Path("audit.toml")])
    return told


def test_the_defaults_are_those_of_the_contract() -> None:
    told = given(ask())
    assert (told["max_pages"], told["delay"], told["render"], told["fail_on"]) == ("60", "1.0", "'auto'", "'never'")
    assert (told["format"], told["site"], told["allow_private"], told["law_day"]) == (
        "'table'",
        "()",
        "False",
        "None",
    )


def test_the_command_line_wins_then_the_environment_then_the_file() -> None:
    file("max_pages = 10\ndelay = 2.5\nrender = 'never'\n")
    told = given(ask("--max-pages", "30", env={"AUDIT_MAX_PAGES": "20", "AUDIT_DELAY": "0"}))
    assert (told["max_pages"], told["delay"], told["render"]) == ("30", "0.0", "'never'")


def test_time_outs_are_options_too_and_the_plan_gets_them() -> None:
    file("timeout_page = 45\ntimeout_slow = 5\n")
    told = given(ask("--timeout-first-byte", "12.5", env={"AUDIT_TIMEOUT_AGAIN": "3"}))
    values = {name: float(told[name]) for name in WAITING}
    assert time_outs(values) == Timeouts(page=45, slow=5, first_byte=12.5, again=3)
    assert time_outs({name: float(given(ask())[name]) for name in WAITING}) == replace(Timeouts(), page=45, slow=5)
    assert "--timeout-tls" in sentence(ask("--timeout-tls", "0"))
    assert "--timeout-again" in sentence(ask("--timeout-again", "nan"))


def test_lists_are_written_by_commas_in_a_variable_and_as_a_list_in_the_file() -> None:
    env = {"AUDIT_SITE": "a.gov.vn, b.gov.vn/xa", "AUDIT_CONNECT_TO": "::127.0.0.1:8080,:443::8443"}
    told = given(ask(env=env))
    assert told["site"] == "('a.gov.vn', 'b.gov.vn/xa')"
    assert told["connect_to"] == "('::127.0.0.1:8080', ':443::8443')"
    file('site = ["c.gov.vn", "d.gov.vn"]\nconnect-to = "::127.0.0.1:8080"\nallow-private = true')
    told = given(ask())
    assert told["site"] == "('c.gov.vn', 'd.gov.vn')"
    assert told["connect_to"] == "('::127.0.0.1:8080',)"
    assert told["allow_private"] == "True"


def test_an_empty_variable_is_none() -> None:
    assert given(ask(env={"AUDIT_MAX_PAGES": ""}))["max_pages"] == "60"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--max-pages", "many"], "--max-pages: “many”"),
        (["--max-pages", "0"], "từ 1 đến"),
        (["--delay", "-1"], "số giây"),
        (["--delay", "nan"], "số giây"),
        (["--law-day", "01/07/2026"], "NNNN-TT-NN"),
        (["--render", "maybe"], "auto, always, never"),
        (["--format", "xml"], "table, json, csv"),
        (["--fail-on", "HIGH"], "high, medium, low, never"),
        (["--site", "not a host"], "tên miền"),
        (["--site", "localhost"], "tên miền"),
        (["--site", "file:///etc/passwd"], "tên miền"),
        (["--site", ""], "tên miền"),
        (["--connect-to", "nowhere"], "HOST1:PORT1:HOST2:PORT2"),
        (["--dns", "ns.example"], "HOST:PORT"),
        (["--user-agent", "a\nb"], "--user-agent"),
        (["--ca-file", "missing.pem"], "PEM"),
        (["--from-warc", "missing.warc.gz"], "tệp đọc được"),
        (["--registry", "missing"], "thư mục"),
        (["--lang", "fr"], "vi, en"),
        (["--max-page", "3"], "Không có tuỳ chọn --max-page; có phải --max-pages"),
        (["--colour"], "Không có tuỳ chọn --colour."),
        (["--site"], "Tuỳ chọn --site dùng chưa đúng"),
        (["laocai.gov.vn"], "sau --site"),
    ],
)
def test_what_will_not_do_is_one_sentence(arguments: list[str], words: str) -> None:
    assert words in sentence(ask(*arguments))


def test_the_sentence_is_in_the_language_that_was_asked_for() -> None:
    assert sentence(ask("--colour", "--lang", "en")) == "There is no option --colour."
    assert sentence(ask("--colour", "--lang=en")) == "There is no option --colour."
    assert sentence(ask("--colour", env={"AUDIT_LANG": "en"})) == "There is no option --colour."
    file("lang = 'en'")
    assert sentence(ask("--colour")) == "There is no option --colour."
    assert sentence(ask("--colour", "--lang", "vi")) == "Không có tuỳ chọn --colour."


def test_an_unknown_command_is_one_sentence() -> None:
    result = CliRunner().invoke(line, ["rum"])
    assert "Không có lệnh “rum”" in sentence(result)


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"AUDIT_MAX_PAGES": "many"}, "Biến môi trường AUDIT_MAX_PAGES: “many”"),
        ({"AUDIT_ALLOW_PRIVATE": "maybe"}, "Biến môi trường AUDIT_ALLOW_PRIVATE: “maybe”"),
        ({"AUDIT_SITE": "a.gov.vn,::"}, "Biến môi trường AUDIT_SITE: “::”"),
        ({"AUDIT_LANG": "fr"}, "Biến môi trường AUDIT_LANG: “fr”"),
    ],
)
def test_a_bad_variable_is_named(env: dict[str, str], words: str) -> None:
    assert words in sentence(ask(env=env))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("max_pages = 'many'", "Khoá max_pages trong audit.toml: “many”"),
        ("max_pages = [1, 2]", "Khoá max_pages trong audit.toml"),
        ("quiet = 'maybe'", "Khoá quiet trong audit.toml: “maybe”"),
        ("colour = true", "khoá “colour”"),
        ("[run]\nmax_pages = 3", "khoá “run”"),
        ("max_pages =", "Không đọc được audit.toml"),
    ],
)
def test_a_bad_file_is_named(text: str, words: str) -> None:
    file(text)
    assert words in sentence(ask())


def test_a_password_of_a_proxy_is_never_repeated() -> None:
    told = sentence(ask("--proxy", "socks5://me:secret@proxy.example:1080"))
    assert "secret" not in told


def test_help_is_in_the_readers_language_and_names_the_variables() -> None:
    vietnamese, english = ask("--help"), ask("--help", "--lang", "en")
    assert vietnamese.exit_code == english.exit_code == 0
    assert "Cách dùng: " in vietnamese.stdout
    assert "AUDIT_MAX_PAGES" in vietnamese.stdout
    assert "Usage: " in english.stdout
    assert "Show this message" in english.stdout


def test_help_is_given_even_where_the_file_is_broken() -> None:
    file("=")
    assert ask("--help").exit_code == 0
