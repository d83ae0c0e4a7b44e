"""Lines 1 and 2: the edge against nginx, both in front of one and the same service. Line 2 is the p99 of line 1.

What is asked for is GET /v1/me: a token that is checked, a caller whose limit is counted, an answer of 300 bytes. Every such operation
of a real service reads the database and costs several times what forwarding it costs: behind either proxy the service would be measured,
and both ratios would be 1 whatever the edge does. So a service is posed as by nginx with a constant answer (references/answer.conf),
which costs next to nothing and hides nothing of who forwards it. The edge is a second process with the environment of the system's own,
but for its port and upstreams: its tokens are the system's, its limits are counted (and set too high to refuse), its access log goes to
a file, its metrics are counted. nginx logs the same facts to a file, in its buffered way, and checks no token and counts no limit.
"""
import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.request

from lines.load import CONNECTIONS, wrk
from measure import Row

PATH = "/v1/me"
ANSWER = {
    "person": {"id": "01927c3e-7f2a-7c11-9d3e-2b1a4f5c6d7e", "full_name": "Olivia Stone", "email": "owner@bench.example", "version": 1},
    "organization": {"id": "01927c3e-7f2a-7c11-9d3e-2b1a4f5c6d7f", "name": "Bench", "kind": "gym", "time_zone": "America/Toronto"},
    "roles": ["owner"], "login_session_id": "01927c3e-7f2a-7c11-9d3e-2b1a4f5c6d80"}


def run(bench):
    if bench.profiler == "callgrind":
        raise SystemExit("bench: valgrind cannot run a process whose main thread ends, as the edge's does: use --perf")
    system = bench.system()
    service, nginx, edge = (system.free_port() for _ in range(3))
    start_nginx(bench, "answer.conf", service, ANSWER=json.dumps(ANSWER))
    start_nginx(bench, "nginx.conf", nginx, SERVICE=service)
    process = start_edge(bench, system, edge, service)
    token = system.gym(trainers=0, members=0)["token"]

    def load(port, seconds=None):
        return wrk(bench, f"http://127.0.0.1:{port}{PATH}", "-H", "Authorization: Bearer " + token, seconds=seconds)

    def ours():
        with bench.watch(process.pid):
            return load(edge)

    for port in (service, nginx, edge):
        bench.wait_until(lambda: answers(port, token), 60, f"an answer on port {port}")
        load(port, 1)
    both = bench.pairs(ours, lambda: load(nginx))
    rate, p99 = ([[seen[name] for seen in side] for side in both] for name in ("per_second", "p99"))
    milliseconds = [[value / 1000 for value in side] for side in p99]
    return [
        Row("1", f"edge: GET of a small answer, {CONNECTIONS} connections", "/s", 0.75, 1.0, *rate),
        Row("2", "edge: p99 of line 1", "ms", 1.3, 0.8, *milliseconds, lower_is_better=True),
    ]


def start_nginx(bench, config, port, **values):
    with open(f"{bench.here}/references/{config}") as file:
        text = file.read()
    for name, value in (values | {"FOLDER": bench.scratch.name, "PORT": port}).items():
        text = text.replace(f"@{name}@", str(value))
    with open(bench.path(config), "w") as file:
        file.write(text)
    start(bench, ["nginx", "-c", bench.path(config), "-e", bench.path(config + ".log")], config + ".log")


def start_edge(bench, system, port, service):
    with open(f"/proc/{system.pid('edge')}/environ") as file:
        environment = dict(entry.split("=", 1) for entry in file.read().split("\0") if entry)
    environment |= {name: f"127.0.0.1:{service}" for name in environment if re.fullmatch("[A-Z]+_UPSTREAMS", name)}
    return start(bench, [os.path.join(bench.root, ".build/release/edge")], "edge.log", environment | {"EDGE_PORT": str(port)})


def start(bench, command, log, environment=None):
    with open(bench.path(log), "w") as file:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment)
    bench.on_close(lambda: end(process))
    return process


def end(process):
    process.terminate()
    process.wait()


def answers(port, token):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{PATH}", headers={"Authorization": "Bearer " + token})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, ConnectionError):
        time.sleep(0.05)
        return False
