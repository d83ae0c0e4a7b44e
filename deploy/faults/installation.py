"""The installation under test: a private system with replicas and two edges, whose processes can be broken one by one."""
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

from private_system import System
from proxy import Proxies

REPLICAS = {"scheduling": 3, "auth": 2, "workouts": 2, "billing": 2, "notifications": 2}
# These reach the database and the broker through proxies of ours, and the edges reach one replica so.
PROXIED = ["billing", "scheduling.2"]
PROXIED_UPSTREAM = "scheduling.3"
# And this one the mail server.
PROXIED_MAIL = "notifications.2"


class Installation(System):
    def __init__(self, host, name, release):
        options = [f"--replicas={name}={count}" for name, count in REPLICAS.items()] + (["--release"] if release else [])
        super().__init__(host, name, {"LOG_LEVEL": "info"}, purpose="faults", options=options)
        self.build = "release" if release else "debug"
        self.services = [name if number == 1 else f"{name}.{number}" for name, count in REPLICAS.items() for number in range(1, count + 1)]
        self.edges = ["edge", "edge.2"]
        self.recipes = {}
        self.proxies = None
        self.processes = {}
        # Ports under which we reach who has moved.
        self.moved = {}

    def start(self):
        # What a run left behind that was killed itself: its data say nothing about this one.
        if os.path.exists(self.folder):
            self.local("down", "--purge")
        super().start()
        for name in [*self.services, "edge"]:
            self.recipes[name] = self.recipe(name)
        self.broker_port = int(self.values("rabbitmq/ports")["amqp"])
        self.proxies = Proxies()
        for name in PROXIED:
            arguments, environment = self.recipes[name]
            for setting, port, kind in (("DATABASE_URL", self.postgres_port, "database"), ("AMQP_URL", self.broker_port, "broker")):
                through = self.proxies.add(f"{name} {kind}", port)
                environment[setting] = re.sub(rf":{port}/", f":{through}/", environment[setting])
        environment, smtp = self.recipes[PROXIED_MAIL][1], self.port("smtp")
        environment["SMTP_URL"] = environment["SMTP_URL"].replace(f":{smtp}", f":{self.proxies.add(f'{PROXIED_MAIL} mail', smtp)}")
        upstream = self.proxies.add(f"edge {PROXIED_UPSTREAM}", self.port(PROXIED_UPSTREAM))
        upstreams = self.recipes["edge"][1]["SCHEDULING_UPSTREAMS"].replace(str(self.port(PROXIED_UPSTREAM)), str(upstream))
        self.recipes["edge"][1]["SCHEDULING_UPSTREAMS"] = upstreams
        second = dict(self.recipes["edge"][1], EDGE_PORT=str(self.free_port()))
        self.recipes["edge.2"] = (self.recipes["edge"][0], second)
        for name in [*PROXIED, PROXIED_MAIL, "edge"]:
            self.end(name)
        self.launch(*PROXIED, PROXIED_MAIL, *self.edges)
        self.await_ready(30)

    def stop(self):
        if self.proxies:
            self.proxies.close()
        super().stop()
        for process in self.processes.values():
            process.poll()

    # Processes

    def recipe(self, name):
        pid = self.pid(name)
        with open(f"/proc/{pid}/environ") as environ, open(f"/proc/{pid}/cmdline") as command:
            environment = dict(entry.split("=", 1) for entry in environ.read().split("\0") if "=" in entry)
            return command.read().split("\0")[:-1], environment | {"SWIFT_BACKTRACE": "enable=no"}

    def kill(self, *names, what=signal.SIGKILL):
        """All at once; returns when they are gone."""
        pids = [self.pid(name) for name in names]
        for pid in pids:
            os.kill(pid, what)
        for name, pid in zip(names, pids):
            self.host.wait_until(lambda: not self.is_alive(pid), 40, f"the end of {name}")

    def end(self, name):
        self.kill(name, what=signal.SIGTERM)

    def launch(self, *names):
        for name in names:
            arguments, environment = self.recipes[name]
            if name in self.processes:
                self.processes[name].poll()
            with open(os.path.join(self.folder, "logs", name + ".log"), "a") as log:
                process = self.processes[name] = subprocess.Popen(
                    arguments, env=environment, cwd=self.host.root, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            with open(f"/proc/{process.pid}/stat") as file:
                started = file.read().rsplit(")", 1)[1].split()[19]
            # As deploy/local notes it, which is to end what is left.
            with open(os.path.join(self.folder, "run", name + ".pid"), "w") as file:
                file.write(f"{process.pid} {started}\n")

    def run_as(self, name, recipe):
        """Ends a process in good order and starts it by another recipe, which is its own from now on; returns the former."""
        former, self.recipes[name] = self.recipes[name], recipe
        self.end(name)
        self.launch(name)
        self.await_ready(30)
        return former

    def pause(self, name, seconds):
        pid = self.pid(name)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(pid, signal.SIGCONT)

    # Readiness

    def url(self, name):
        return f"http://127.0.0.1:{self.recipes[name][1]['EDGE_PORT'] if name.startswith('edge') else self.moved.get(name) or self.port(name)}"

    def state(self, name):
        """What an instance says of itself: ready, degraded, unavailable, or None when it says nothing."""
        try:
            with urllib.request.urlopen(self.url(name) + "/readyz", timeout=2) as answer:
                return json.load(answer)["status"]
        except urllib.error.HTTPError as error:
            error.close()
            return "unavailable"
        except (OSError, ValueError):
            return None

    def unready(self):
        return [name for name in [*self.services, *self.edges] if self.state(name) != "ready"]

    def await_ready(self, seconds):
        waiting, deadline = [*self.services, *self.edges], time.monotonic() + seconds
        while waiting := [name for name in waiting if self.state(name) != "ready"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not ready after {seconds} s: {' '.join(waiting)}")
            time.sleep(0.05)

    # Servers

    def server(self, kind, command, *arguments, environment=None):
        program = os.path.join(self.host.root, "deploy/servers", kind)
        return self.host.run(program, command, os.path.join(self.folder, kind), *arguments, environment=environment)

    def queues(self):
        lines = self.server("rabbitmq", "ctl", "list_queues", "-p", "palestra", "name", "messages", "--silent").splitlines()
        return {name: int(count) for name, count in (line.split() for line in lines if len(line.split()) == 2 and line.split()[1].isdigit())}

    def manage(self, method, path, body=None):
        """The broker's management API."""
        import base64
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.values('rabbitmq/ports')['management']}/api/{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json",
                     "Authorization": "Basic " + base64.b64encode(f"palestra-admin:{self.read('rabbitmq/password')}".encode()).decode()})
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def rows(self, sql):
        """Rows as lists of texts, read past row-level security."""
        return [line.split("|") for line in self.psql(sql).splitlines() if line]

    def backlog(self):
        """What is still on its way, by the database's own account."""
        parts = [f"select '{name} outbox', count(*) from {name}.outbox where published_at is null" for name in self.SERVICES]
        parts += [f"select '{name} inbox', count(*) from {name}.inbox where state = 'failing'" for name in self.SERVICES]
        parts += ["select 'mail queue', count(*) from notifications.mail_queue"]
        return {what: int(count) for what, count in self.rows(" union all ".join(parts)) if count != "0"}
