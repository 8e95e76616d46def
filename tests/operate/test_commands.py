"""The commands of docs/operate.md, run as they stand, and what operators copy held against the repository."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dppgraph.settings import SETTINGS
from tests.conftest import REPOSITORY, Server
from tests.operate.conftest import NGINX, OPERATE

DOCUMENT = (REPOSITORY / "docs" / "operate.md").read_text(encoding="utf-8")
UNIT = (OPERATE / "dppgraph.service").read_text(encoding="utf-8")
ELSEWHERE = ("apt-get", "journalctl", "docker", "promtool", "  --memory")
"""How the lines begin that need what a test does not have: another host, or a daemon."""


def blocks(heading: str) -> list[str]:
    """The shell commands below a heading."""
    (section,) = re.findall(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    found = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found, heading
    lines = [line for block in found for line in block.splitlines()]
    return [line for line in lines if not line.startswith(ELSEWHERE)]


def unit(key: str) -> list[str]:
    """What the unit says for a key."""
    return re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)


def started() -> list[str]:
    """What systemd does to start the unit, as far as a shell can: its user, its environment, its command."""
    (command,), (user,), (state,) = unit("ExecStart"), unit("User"), unit("StateDirectory")
    (file,) = [name.removeprefix("-") for name in unit("EnvironmentFile")]
    given = " ".join(shlex.quote(line) for line in unit("Environment"))
    bounded = f"setpriv --reuid={user} --regid={user} --clear-groups --no-new-privs --bounding-set=-all"
    return [
        f"install -d -o {user} -g {user} /var/lib/{state}",
        f"(set -a; . {file}; cd /; exec {bounded} env -i PATH=/usr/bin:/bin {given} "
        f"$(grep -v '^#' {file} | grep . | xargs) {command}) &",
        "for _ in $(seq 300)",
        "do curl --silent --output /dev/null http://127.0.0.1:8000/health && break; sleep 0.2",
        "done",
    ]


INSTEAD = {
    "systemctl daemon-reload": [
        "command -v systemd-analyze && systemd-analyze verify /etc/systemd/system/dppgraph.service"
    ],
    "systemctl enable --now dppgraph": started(),
    "systemctl reload nginx": [f"{NGINX}"],
}


@pytest.mark.heavy
@pytest.mark.remote
@pytest.mark.timeout(300)
def test_a_stranger_gets_from_nothing_to_a_running_service(tmp_path: Path) -> None:
    """All in folders laid over this host's, with processes and a network of their own: nothing of it stays."""
    if os.geteuid() != 0 or NGINX is None:
        pytest.skip("this needs root, as the document says, and nginx: on Debian, apt install nginx-light")
    later = [line for name in ("Run", "nginx in front", "See that it works", "New versions") for line in blocks(name)]
    later += [*blocks("Back up, upgrade"), "diff -r /var/lib/dppgraph/versions /var/backups/dppgraph/versions"]
    (tmp_path / "later.sh").write_text("\n".join(step for line in later for step in INSTEAD.get(line, [line])))
    (tmp_path / "install.sh").write_text("\n".join(blocks("Install")))
    laid = [
        f"mkdir -p {tmp_path}/over && mount -t tmpfs none {tmp_path}/over",
        *(
            f"mkdir -p {tmp_path}/over/{name}/up {tmp_path}/over/{name}/work && mount -t overlay none -o "
            f"lowerdir=/{name},upperdir={tmp_path}/over/{name}/up,workdir={tmp_path}/over/{name}/work /{name}"
            for name in ("etc", "opt", "var")
        ),
        "mount -t tmpfs none /run",
        "export PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        f"bash -euxo pipefail {tmp_path}/install.sh",
        f"unshare --net {sys.executable} {Path(__file__).parent}/loopback.py bash -euxo pipefail {tmp_path}/later.sh",
    ]
    isolated = shlex.split("unshare --mount --pid --fork --kill-child --mount-proc bash -euo pipefail -c")
    done = subprocess.run(
        [*isolated, "\n".join(laid)], cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (counted,) = re.findall(r"n\r?\n(\d+)\r?\n", done.stdout)
    assert int(counted) > 1000
    assert "X-Cache-Status: MISS" in done.stdout
    assert re.search(r"^\*\s+1 ", done.stdout, re.MULTILINE)


def test_the_commands_that_are_not_run_are_few() -> None:
    lines = [line for block in re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL) for line in block.splitlines()]
    assert sum(line.startswith(ELSEWHERE) for line in lines) < len(lines) / 4
    assert {line for line in lines if line.startswith("systemctl")} == set(INSTEAD)


def test_every_setting_that_operators_are_told_of_exists() -> None:
    files = [path for path in OPERATE.rglob("*") if path.is_file()]
    said = DOCUMENT + "".join(path.read_text(encoding="utf-8") for path in files)
    told = set(re.findall(r"DPPGRAPH_[A-Z_]+", said))
    assert told <= {setting.variable for setting in SETTINGS}


@pytest.mark.heavy
def test_every_metric_that_an_alert_asks_for_exists(server: Server) -> None:
    rules = (OPERATE / "dppgraph.rules.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\bdppgraph_[a-z_]+", rules))
    status, _, body = server.ask("GET", "/metrics")
    assert status == 200
    assert asked
    assert asked <= set(re.findall(r"^# TYPE (\w+) ", body.decode(), re.MULTILINE))


def test_the_alerts_are_what_prometheus_takes() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("there is no promtool here: on Debian, apt install prometheus")
    subprocess.run([promtool, "check", "config", OPERATE / "prometheus.yml"], check=True, capture_output=True)


def test_the_image_is_made_from_what_is_here() -> None:
    steps = (OPERATE / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    ignored = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    taken = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert all((REPOSITORY / name).exists() for name in taken)
    for step in steps:
        word, _, rest = step.partition(" ")
        if word == "COPY" and not rest.startswith("--from"):
            assert all((REPOSITORY / name).exists() for name in rest.split()[:-1]), step
            assert all(name == "." or name.split("/")[0] in taken for name in rest.split()[:-1]), step
    project = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    carried = re.findall(r'^(?:(\w+) = "dppgraph/_resources|readme = "([\w.]+)")', project, re.MULTILINE)
    assert len(carried) == 4
    assert {"".join(names) for names in carried} <= taken
    (variable,) = re.findall(r"DPPGRAPH_STORE=(\S+)", "\n".join(steps))
    assert f"VOLUME {variable}" in steps
    assert sum("pip install" in step and "--require-hashes -r requirements/run.txt" in step for step in steps) == 1


def test_the_files_agree_on_where_the_server_is() -> None:
    http = (OPERATE / "nginx" / "http.conf").read_text(encoding="utf-8")
    scraped = (OPERATE / "prometheus.yml").read_text(encoding="utf-8")
    # `serve` listens there unless told otherwise.
    assert "server 127.0.0.1:8000;" in http
    assert '"127.0.0.1:8000"' in scraped
    assert unit("ExecStart") == ["/opt/dppgraph/bin/dppgraph serve"]


def test_nginx_lets_the_server_say_no() -> None:
    defaults = {setting.field: int(setting.default) for setting in SETTINGS if setting.default.isdigit()}
    location = (OPERATE / "nginx" / "location.conf").read_text(encoding="utf-8")
    site = (OPERATE / "nginx" / "site.conf").read_text(encoding="utf-8")
    http = (OPERATE / "nginx" / "http.conf").read_text(encoding="utf-8")

    def said(text: str, pattern: str) -> int:
        (number,) = re.findall(pattern, text)
        return int(number)

    assert said(location, r"client_max_body_size (\d+)m;") > max(defaults["max_query"] >> 20, defaults["max_upload"])
    assert said(location, r"proxy_read_timeout (\d+)s;") > defaults["query_timeout"]
    assert said(http, r"keepalive_timeout (\d+)s;") < defaults["keep_alive"]
    assert said(site, r"large_client_header_buffers 4 (\d+)k;") << 10 > defaults["max_url"]
    (descriptors,), (least,) = unit("LimitNOFILE"), [3 * defaults["max_connections"] + 256]
    assert int(descriptors) >= least
    assert int(unit("MemoryMax")[0].removesuffix("G")) << 10 >= 2 * defaults["memory"]
