"""A private system to load: everything `deploy/local up` starts, in a folder of its own. deploy/bench and deploy/faults share it."""
import datetime
import glob
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
import uuid


class System:
    SERVICES = ["auth", "scheduling", "workouts", "billing", "notifications"]

    def __init__(self, host, name, settings, purpose="bench", options=("--release",)):
        """`host` has the root of the checkout and a way to `say`, to `run` and to `wait_until`; `options` are those of `deploy/local up`."""
        self.host, self.name, self.options = host, name, options
        # Processes that were started here, by nobody but us to be collected.
        self.ours = []
        self.folder = os.path.join(host.root, ".local", purpose, name)
        self.environment = os.environ | {
            "PALESTRA_LOCAL": self.folder,
            # Nothing is refused for being too much, and signing up costs next to nothing: neither is what is measured.
            "RATE_LIMIT": "10000000", "RATE_LIMIT_ANONYMOUS": "10000000", "PASSWORD_COST": "4",
        } | {name: str(value) for name, value in settings.items()}

    def local(self, *arguments):
        done = subprocess.run(
            [os.path.join(self.host.root, "deploy/local"), *map(str, arguments)], env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise SystemExit(f"deploy/local {' '.join(map(str, arguments))} failed:\n{done.stdout}")
        return done.stdout

    def start(self):
        self.host.say(f"    starting a private system ({self.name})")
        self.local("up", *self.options, "--no-demo", "--edge-port", self.free_port())

    def stop(self):
        self.local("down")

    def clear(self):
        """Stops it and removes everything that is left of it."""
        if os.path.exists(self.folder):
            self.local("down", "--purge")

    def end(self, instance):
        """Ends one of our processes in good order; the servers go on."""
        pid = self.pid(instance)
        os.kill(pid, signal.SIGTERM)
        self.host.wait_until(lambda: not self.is_alive(pid), 20, f"the end of {instance}")

    def end_services(self):
        for instance in [*self.SERVICES, "edge"]:
            self.end(instance)

    def restart(self, instance):
        """Ends one of our processes and starts it again as it was; the moment of its creation, by the monotonic clock."""
        pid = self.pid(instance)
        with open(f"/proc/{pid}/environ") as environ, open(f"/proc/{pid}/cmdline") as command:
            environment = dict(entry.split("=", 1) for entry in environ.read().split("\0") if "=" in entry)
            arguments = command.read().split("\0")[:-1]
        self.end(instance)
        with open(os.path.join(self.folder, "logs", instance + ".log"), "a") as log:
            start = time.monotonic()
            process = subprocess.Popen(
                arguments, env=environment, cwd=self.host.root, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        with open(f"/proc/{process.pid}/stat") as file:
            started = file.read().rsplit(")", 1)[1].split()[19]
        # As deploy/local notes it, which is to know the process as its own.
        with open(os.path.join(self.folder, "run", instance + ".pid"), "w") as file:
            file.write(f"{process.pid} {started}\n")
        self.ours.append(process)
        return start

    def is_alive(self, pid):
        try:
            with open(f"/proc/{pid}/stat") as file:
                # Dead, and nobody has collected it.
                return file.read().rsplit(")", 1)[1].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def free_port(self):
        import socket
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    # Where things are

    def read(self, *parts):
        with open(os.path.join(self.folder, *parts)) as file:
            return file.read().strip()

    def values(self, *parts):
        return dict(line.split("=", 1) for line in self.read(*parts).splitlines() if "=" in line)

    def port(self, instance):
        return int(self.values("ports")[instance])

    @property
    def edge_url(self):
        return f"http://127.0.0.1:{self.port('edge')}"

    def pid(self, instance):
        return int(self.read("run", instance + ".pid").split()[0])

    @property
    def postgres_port(self):
        return int(self.read("postgres/port"))

    @property
    def database(self):
        """libpq variables of the superuser, who sees past row-level security."""
        return {"PGHOST": "127.0.0.1", "PGPORT": str(self.postgres_port), "PGUSER": "postgres",
                "PGPASSWORD": self.read("postgres/password"), "PGDATABASE": "palestra"}

    def database_as(self, service):
        """libpq variables of a service's own user."""
        password = self.secret("database", service.upper())
        return self.database | {"PGUSER": service, "PGPASSWORD": password, "PGOPTIONS": f"-c search_path={service}"}

    def secret(self, file, name):
        found = {key.strip(): value.strip().strip("'\"") for key, value in self.values("secrets", file).items()}
        return found.get(name) or found[name + "_PASSWORD"]

    @property
    def amqp_url(self):
        """Of the broker's administrator."""
        return f"amqp://palestra-admin:{self.read('rabbitmq/password')}@127.0.0.1:{self.values('rabbitmq/ports')['amqp']}/palestra"

    def psql(self, sql, **options):
        """Runs SQL as the superuser; rows come back as lines, columns parted by `|`."""
        return self.host.run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, environment=self.database, **options).strip()

    def settle(self):
        """Waits until nothing that was caused before is still under way: until all of its processes have been quiet for a while."""
        deadline = time.monotonic() + 120
        quiet = 0
        while quiet < 3:
            before = self.processor_time()
            time.sleep(0.2)
            # Idle, everything together takes some hundredths of a core.
            quiet = quiet + 1 if self.processor_time() - before < 0.03 else 0
            if time.monotonic() > deadline:
                raise SystemExit("the system does not come to rest")

    def processor_time(self):
        """Seconds of processor time that our processes, PostgreSQL and RabbitMQ have taken so far."""
        total = 0
        ours = {int(open(path).read().split()[0]) for path in glob.glob(os.path.join(self.folder, "run/*.pid"))}
        servers = {os.path.realpath(os.path.join(self.folder, server, "data")) for server in ("postgres", "rabbitmq")}
        for folder in glob.glob("/proc/[0-9]*"):
            try:
                with open(folder + "/stat") as file:
                    stat = file.read()
                command = stat[stat.index("(") + 1:stat.rindex(")")]
                if int(folder[6:]) in ours or command == "postgres" and os.readlink(folder + "/cwd") in servers or command == "beam.smp":
                    fields = stat.rsplit(")", 1)[1].split()
                    total += int(fields[11]) + int(fields[12])
            except (OSError, ValueError):
                continue
        return total / os.sysconf("SC_CLK_TCK")

    # Calls

    def call(self, method, path, body=None, token=None, key=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = "Bearer " + token
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.edge_url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                text = response.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path} was answered with {error.code}: {error.read().decode(errors='replace')}")

    def gym(self, trainers=1, members=10, mail=True):
        """Signs up an organization with people in it; ids and the owner's token. Without `mail` members have no address."""
        mark = uuid.uuid4().hex[:12]
        made = self.call("POST", "/v1/organizations", {
            "name": "Bench " + mark, "slug": "bench-" + mark, "kind": "gym", "time_zone": "America/Toronto", "currency": "CAD",
            "owner": {"full_name": "Olivia Stone", "email": f"owner-{mark}@bench.example", "password": "iron-temple-bench"},
            "tax_rates": [{"code": "hst", "rate": "0.13"}]})
        token = made["tokens"]["access_token"]
        gym = {"token": token, "organization": made["organization"]["id"], "password": "iron-temple-bench"}
        gym["location"] = self.call("GET", "/v1/locations", token=token)["data"][0]["id"]
        gym["trainers"] = [
            self.call("POST", "/v1/trainers", {"full_name": "Marcus Reed", "email": f"trainer-{mark}-{n}@bench.example"}, token)["id"]
            for n in range(trainers)]
        gym["member_emails"] = [f"member-{mark}-{n}@bench.example" for n in range(members)]
        gym["members"] = [
            self.call("POST", "/v1/members", {"full_name": f"Sofia Alvarez {n}"} | (
                {"email": email, "password": gym["password"]} if mail else {}), token)["id"]
            for n, email in enumerate(gym["member_emails"])]
        return gym

    def class_type(self, gym, capacity, minutes=30):
        return self.call("POST", "/v1/class-types", {
            "name": "Strength Basics", "category": "group", "duration_minutes": minutes, "capacity": capacity,
            "price": {"amount": 2500, "currency": "CAD"}, "color": "#C0392B"}, gym["token"])["id"]

    def session(self, gym, class_type, start, trainer=0):
        return self.call("POST", "/v1/sessions", {
            "class_type_id": class_type, "trainer_id": gym["trainers"][trainer], "location_id": gym["location"],
            "starts_at": start.strftime("%Y-%m-%dT%H:%M:%SZ")}, gym["token"])["id"]

    def next_monday(self):
        today = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        return today + datetime.timedelta(days=7 - today.weekday())
