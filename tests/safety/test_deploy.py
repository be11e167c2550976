"""The container file and the service run without rights, and the repository has no secret."""

import configparser
import re
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from fcnlib.ui import hosting

ROOT = Path(__file__).parents[2]
SECRET = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[0-9A-Za-z]{36}|hf_[0-9A-Za-z]{34}"
)


def instructions():
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [line.split(maxsplit=1) for line in text.splitlines() if line and line[0] not in "# "]


def test_o12_the_image_runs_without_root_and_copies_only_what_it_needs():
    last = dict(instructions())
    assert last["USER"] == "fcnlib"
    assert "useradd" in (ROOT / "Dockerfile").read_text()
    assert "_stcore/health" in last["HEALTHCHECK"]
    allowed = {
        line[1:].split("/")[0]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    for name, arguments in instructions():
        if name == "COPY" and not arguments.startswith("--from"):
            *sources, _ = arguments.split()
            assert set(sources) <= allowed
            assert all((ROOT / source).exists() for source in sources)


@pytest.mark.parametrize(
    ("path", "address"), [("", "/_stcore/health"), ("demo", "/demo/_stcore/health")]
)
def test_the_health_check_of_the_image_knows_the_path(path, address):
    (written,) = re.findall(r'"(http:[^"]+)"', dict(instructions())["HEALTHCHECK"])
    expanded = subprocess.run(
        ["/bin/sh", "-c", f'printf %s "{written}"'],
        env={"STREAMLIT_SERVER_BASE_URL_PATH": path},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert expanded == f"http://127.0.0.1:8501{address}"


def test_o12_the_service_may_write_to_its_own_folder_only():
    unit = configparser.ConfigParser(strict=False)
    unit.optionxform = str
    unit.read(ROOT / "deploy/linux/fcnlib.service")
    service = unit["Service"]
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CacheDirectoryMode"] == "0700"
    assert service["CapabilityBoundingSet"] == ""


def proxies():
    return [(ROOT / "deploy/linux" / name).read_text() for name in ("nginx.conf", "Caddyfile")]


def test_l10_the_proxies_refuse_what_the_app_would_not_read():
    nginx, caddy = proxies()
    largest = (hosting.SETTINGS["server.maxUploadSize"] << 20) + hosting.FORM
    (nginx_mib,) = re.findall(r"client_max_body_size (\d+)m;", nginx)
    (caddy_mib,) = re.findall(r"max_size (\d+)MiB", caddy)
    name, caddy_bytes = re.search(r"(@\w+) expression .* > (\d+)`", caddy).groups()
    assert int(nginx_mib) << 20 == int(caddy_mib) << 20 == int(caddy_bytes) == largest
    assert re.search(rf'respond {name} "[^"]+" 413', caddy)


def test_o8_browsers_keep_to_https_for_a_year():
    nginx, caddy = proxies()
    (variable,) = re.findall(r"map \$https (\$\w+) \{\n    on max-age=31536000;\n\}", nginx)
    # Outside `location`, whose lines are copied into sites that have their own rules.
    assert f"\n    add_header Strict-Transport-Security {variable} always;\n" in nginx
    assert "\n\theader Strict-Transport-Security max-age=31536000\n" in caddy


def test_o10_the_cookie_with_the_token_is_sent_over_https_only():
    nginx, caddy = proxies()
    (variable,) = re.findall(r"map \$https (\$\w+) \{\n    on secure;\n\}", nginx)
    assert f"\n        proxy_cookie_flags _streamlit_xsrf {variable};\n" in nginx
    (pattern,) = re.findall(r'header_down Set-Cookie (\S+) "\$0; Secure"', caddy)
    cookie = "_streamlit_xsrf=2|ab|cd|17; Path=/; SameSite=Lax"
    assert re.search(pattern, cookie).group() == cookie


@pytest.mark.parametrize("prefix", ["", "/demo", "/a/b"])
def test_o7_the_proxies_hide_the_figures_below_every_path(prefix):
    nginx, caddy = proxies()
    (guarded,) = re.findall(r"location ~ (\S+) \{\s+allow 127", nginx)
    name, glob = re.search(r"(@\w+) path (\S+)", caddy).groups()
    assert f"respond {name} 404" in caddy
    for ending, hidden in (("metrics", True), ("health", False)):
        path = f"{prefix}/_stcore/{ending}"
        assert bool(re.search(guarded, path)) is fnmatchcase(path, glob) is hidden


def test_o12_no_file_of_the_repository_has_a_secret():
    folders = ("fcnlib", "pages", "deploy", "docs", "benchmarks", "tools", ".streamlit", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    files += [path for path in ROOT.iterdir() if path.is_file()]
    texts = (path for path in files if path.suffix not in {".npz", ".png", ".pyc"})
    assert [path for path in texts if SECRET.search(path.read_bytes())] == []
    assert not (ROOT / ".streamlit/secrets.toml").exists()
