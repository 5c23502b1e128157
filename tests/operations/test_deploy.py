"""The files in deploy/ are sound, as far as that can be seen without deploying them."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "EnvironmentFile": "/etc/jeugdspiegel/environment",
}


def _program(name: str, package: str) -> str:
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} here ({package})")
    return found


def _service(path: Path) -> configparser.SectionProxy:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(path)
    return parsed["Service"]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_service_runs_without_root_and_writes_in_its_home_only(path: Path) -> None:
    service = _service(path)

    assert service["User"] not in ("root", "0")
    assert {key: service.get(key) for key in HARDENING} == HARDENING
    assert service["ReadWritePaths"] == "/var/lib/jeugdspiegel"


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_service_starts_a_verb_that_exists(path: Path) -> None:
    from pipelines.cli import app

    program, verb, *options = _service(path)["ExecStart"].split()

    assert program.endswith("/.venv/bin/jeugdspiegel")
    known = {option for argument in app[verb].assemble_argument_collection() for option in argument.names}
    assert {option for option in options if option.startswith("--")} <= known


def test_units_pass_systemds_own_verification(tmp_path: Path) -> None:
    program = _program("systemd-analyze", "systemd")
    for path in (DEPLOY / "systemd").glob("*.[st][ei][rm]*"):
        # The program itself is not installed where a test runs.
        text = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    units = sorted(map(str, tmp_path.iterdir()))
    assert len(units) == 4

    done = subprocess.run([program, "verify", *units], capture_output=True, text=True, check=False, timeout=120)

    ours = [line for line in done.stderr.splitlines() if "jeugdspiegel" in line]
    assert (done.returncode, ours) == (0, [])


def test_timer_starts_at_the_time_of_the_schedule() -> None:
    from pipelines.automation import nightly_schedule

    timer = (DEPLOY / "systemd" / "jeugdspiegel-run.timer").read_text(encoding="utf-8")

    assert nightly_schedule.cron_schedule == "30 3 * * *"
    assert f"OnCalendar=*-*-* 03:30:00 {nightly_schedule.execution_timezone}" in timer


def test_container_file_passes_hadolint() -> None:
    program = _program("hadolint", "of the development group on x86-64 Linux")

    done = subprocess.run(
        [program, "--no-color", str(DEPLOY / "Containerfile")], capture_output=True, text=True, check=False, timeout=120
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_container_is_pinned_and_without_root() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    version = re.search(r"^UV_VERSION := (\S+)", makefile, re.MULTILINE)

    assert bases
    assert all(re.search(r":\d+\.\d+\.\d+-", base) or "@sha256:" in base for base in bases)
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE)[-1].split(":")[0] not in ("root", "0")
    assert version is not None
    assert f"uv=={version[1]}" in text
    assert not re.search(r"^ADD ", text, re.MULTILINE)
    assert text.count("--frozen") == 2


def test_nothing_of_a_deployment_gets_into_the_container() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert {".git", ".venv", "var", "tests"} <= set(ignored)
    # The working folder is copied whole, so that what is ignored is all that stands between a home folder and an image.
    assert "COPY . ." in (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def test_proxy_asks_for_a_login_and_passes_nothing_exact() -> None:
    text = (DEPLOY / "proxy" / "nginx.conf").read_text(encoding="utf-8")

    assert "auth_basic_user_file" in text
    assert "auth_basic off" not in text
    assert re.findall(r"alias (\S+);", text) == ["/var/lib/jeugdspiegel/published/"]


def test_proxy_passes_nginxs_own_verification(tmp_path: Path) -> None:
    nginx, openssl = _program("nginx", "nginx"), _program("openssl", "openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=jeugdspiegel.example"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([openssl, *request, *files], check=True, capture_output=True, timeout=60)
    text = (DEPLOY / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/ssl/certs/jeugdspiegel.pem", str(certificate))
    text = text.replace("/etc/ssl/private/jeugdspiegel.key", str(key))
    whole = tmp_path / "whole.conf"
    whole.write_text(f"pid {tmp_path}/nginx.pid;\nevents {{}}\nhttp {{\n{text}\n}}\n", encoding="utf-8")

    done = subprocess.run(
        [nginx, "-t", "-c", str(whole), "-e", str(tmp_path / "error.log"), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
