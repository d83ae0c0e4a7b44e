"""Line 10: what ten times as many people do to the common calls, through the edge, one caller at a time.

Two systems of 50 organizations and a year of data each, made by deploy/local generate and kept between runs in .local/bench/small and
.local/bench/large. Each call is another caller's, for another person, page or session.
"""
import base64
import datetime
import gc
import hashlib
import json
import os
import random
import socket
import statistics
import subprocess
import time

from measure import Row
from private_system import System

ORGANIZATIONS, SEED = 50, 1
PASSWORD = "palestra-generated"
# Data older than that has too few sessions ahead to book.
FRESH_DAYS = 14


def run(bench):
    small, large = prepared(bench, "small", 1000), prepared(bench, "large", 10000)
    samples = max(10, round(bench.seconds * 50))
    for gym in (small, large):
        gym.warm_up()
        gym.round(max(5, samples // 4))
    large_rounds, small_rounds = bench.pairs(lambda: large.round(samples), lambda: small.round(samples))
    if not small_rounds:
        return []
    p95 = lambda rounds, name: [at(times[name], 95) for times in rounds]  # noqa: E731
    growth = {name: statistics.median(a / b for a, b in zip(p95(large_rounds, name), p95(small_rounds, name))) for name in CALLS}
    worst = max(growth, key=growth.get)
    slowest = max(CALLS, key=lambda name: statistics.median(p95(large_rounds, name)))
    every = {name: [time for times in large_rounds for time in times[name]] for name in CALLS}
    tails = ", ".join(f"{name} {growth[name]:.2f} ({at(every[name], 50):.1f}/{at(every[name], 95):.1f}/{at(every[name], 99):.1f} ms)" for name in CALLS)
    return [
        Row("10a", f"growth of p95, 10,000 people to 1,000: {worst}", "ms", 1.5, 1.1, p95(large_rounds, worst), p95(small_rounds, worst),
            lower_is_better=True, note=f"growth (p50/p95/p99 at 10,000): {tails}; {samples} samples a round of each, one caller at a time"),
        Row("10b", f"p95 at 10,000 people: {slowest}", "ms", 100, 20, p95(large_rounds, slowest), lower_is_better=True),
    ]


def at(times, percent):
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


# Data

def prepared(bench, name, people):
    """The system of that size, with its data: kept from the last run when it is what would be made now."""
    wanted = {"people": people, "organizations": ORGANIZATIONS, "seed": SEED, "sources": fingerprint(bench.root)}
    folder = os.path.join(bench.root, ".local/bench", name)
    marker = os.path.join(folder, "generated.json")
    try:
        with open(marker) as file:
            found = json.load(file)
    except FileNotFoundError:
        found = {}
    today = datetime.date.today().toordinal()
    if {key: found.get(key) for key in wanted} != wanted or today - found["day"] > FRESH_DAYS:
        system = bench.system(name)
        bench.say(f"    making data for {people:,} people, once")
        command = ["generate", "--people", people, "--organizations", ORGANIZATIONS, "--seed", SEED]
        subprocess.run([os.path.join(bench.root, "deploy/local"), *map(str, command)], env=system.environment, check=True,
                       stdout=subprocess.DEVNULL)
        with open(marker, "w") as file:
            json.dump(wanted | {"day": today}, file)
    return Gyms(bench.kept(name))


def fingerprint(root):
    """Changes with what makes the data and with the schema."""
    digest = hashlib.sha256()
    folders = ["deploy/generate/Sources", "deploy/postgres/service"] + [f"Services/{name.title()}/Migrations" for name in System.SERVICES]
    for folder in folders:
        for path, _, names in sorted(os.walk(os.path.join(root, folder))):
            for name in sorted(names):
                with open(os.path.join(path, name), "rb") as file:
                    digest.update(file.read())
    return digest.hexdigest()


class Times(dict):
    """Milliseconds by call; shown while it goes on as the p95s."""

    def __repr__(self):
        return " ".join(f"{at(times, 95):.1f}" for times in self.values())


# Calls

class Line:
    """A kept connection to the edge, with as little of our own time in the figures as can be."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, method, path, token=None, body=None):
        """Milliseconds, and the answer's body."""
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(data)}\r\n"
        if token:
            head += f"Authorization: Bearer {token}\r\n"
        if data:
            head += "Content-Type: application/json\r\n"
        request = head.encode() + b"\r\n" + data
        start = time.perf_counter()
        self.socket.sendall(request)
        answer = self.more(b"")
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer = self.more(answer)
        headers = answer[:end].lower()
        place = headers.find(b"content-length:")
        length = int(headers[place + 15:].split(b"\r\n", 1)[0]) if place >= 0 else 0
        while len(answer) < end + 4 + length:
            answer = self.more(answer)
        took = (time.perf_counter() - start) * 1000
        status = int(answer[9:12])
        if not 200 <= status < 300:
            raise SystemExit(f"bench: {method} {path} was answered with {status}: {answer[end + 4:].decode(errors='replace')}")
        return took, answer[end + 4:]

    def more(self, answer):
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise SystemExit("bench: the edge has closed the connection")
        return answer + piece


class Caller:
    """A member who has signed in, and the owner of their organization."""

    def __init__(self, line, slug, number):
        self.member, self.id, self.organization = self.sign_in(line, f"member{number}@{slug}.example")
        self.owner, _, _ = self.sign_in(line, f"owner@{slug}.example")

    def sign_in(self, line, email):
        _, answer = line.call("POST", "/v1/auth/login", body={"email": email, "password": PASSWORD})
        token = json.loads(answer)["access_token"]
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return token, claims["sub"], claims["org"]


class Gyms:
    """A system with the ids that calls are made about."""

    def __init__(self, system):
        self.system = system
        self.random = random.Random(SEED)
        self.people, self.sessions, self.exercises, self.names = {}, {}, {}, {}
        for organization, person in self.rows("select organization_id, person_id from scheduling.people where 'member' = any(roles)"):
            self.people.setdefault(organization, []).append(person)
        for organization, session in self.rows("select organization_id, id from scheduling.sessions where starts_at < now() and booked > 0"):
            self.sessions.setdefault(organization, []).append(session)
        for organization, exercise in self.rows("select organization_id, exercise_id from workouts.exercises"):
            self.exercises.setdefault(organization, []).append(exercise)
        self.slugs = {slug: len(self.people[id]) for slug, id in self.rows("select slug, organization_id from auth.organization_slugs")}
        # A big gym's members call more often than a small one's, because they are more.
        self.weights = list(self.slugs.values())

    def warm_up(self):
        """Reads the data once, as weeks of use would: what is measured is the work, not the disk. It fits into the memory of the machine."""
        for path, _, names in os.walk(os.path.join(self.system.folder, "postgres/data/base"), followlinks=True):
            for name in names:
                with open(os.path.join(path, name), "rb", buffering=0) as file:
                    while file.read(1 << 20):
                        pass

    def rows(self, sql):
        return [line.split("|") for line in self.system.psql(sql).splitlines()]

    def pick(self, things):
        return things[self.random.randrange(len(things))]

    def round(self, samples):
        """Milliseconds of each sample of each call."""
        # The edge closes connections that nobody uses for long, and tokens live for five minutes: both anew, and not measured.
        self.line = Line(self.system.port("edge"))
        callers = [self.caller() for _ in range(min(40, samples))]
        times = Times({name: [] for name in CALLS})
        gc.disable()
        for number in range(samples):
            caller = callers[number % len(callers)]
            for name, call in CALLS.items():
                times[name].append(call(self, caller))
        gc.enable()
        return times

    def caller(self):
        slug = self.random.choices(list(self.slugs), self.weights)[0]
        caller = Caller(self.line, slug, 1 + self.random.randrange(self.slugs[slug]))
        open_sessions = self.rows(f"""
            select id from scheduling.sessions s
            where organization_id = '{caller.organization}' and status = 'scheduled'
              and starts_at > now() + interval '1 hour' and booked < capacity and not exists (
                select from scheduling.bookings b
                where b.organization_id = s.organization_id and session_id = s.id and member_id = '{caller.id}')""")
        caller.open = [row[0] for row in open_sessions]
        caller.workout = json.loads(self.line.call("POST", "/v1/workouts", caller.member, {})[1])["id"]
        caller.names = self.names_of(caller)
        return caller if caller.open else self.caller()

    def names_of(self, caller):
        if caller.organization not in self.names:
            page = json.loads(self.line.call("GET", "/v1/members?limit=100", caller.owner)[1])["data"]
            self.names[caller.organization] = [part for person in page for part in person["full_name"].split() if part.isascii()]
        return self.names[caller.organization]

    def get(self, path, token):
        return self.line.call("GET", path, token)[0]


def timetable(gyms, caller):
    start = datetime.date.today() + datetime.timedelta(days=gyms.random.randrange(-300, 14))
    return gyms.get(f"/v1/sessions?from={start}T00:00:00Z&to={start + datetime.timedelta(days=7)}T00:00:00Z", caller.member)


def book(gyms, caller):
    took, answer = gyms.line.call("POST", f"/v1/sessions/{gyms.pick(caller.open)}/bookings", caller.member, {})
    caller.booking = json.loads(answer)["id"]
    return took


def members_page(gyms, caller):
    cursor = base64.urlsafe_b64encode(json.dumps([gyms.pick(gyms.people[caller.organization])]).encode()).decode().rstrip("=")
    return gyms.get(f"/v1/members?cursor={cursor}", caller.owner)


def add_set(gyms, caller):
    body = {"exercise_id": gyms.pick(gyms.exercises[caller.organization]), "reps": 8, "weight_kg": 60, "rpe": 8}
    return gyms.line.call("POST", f"/v1/workouts/{caller.workout}/sets", caller.member, body)[0]


def of_member(path):
    return lambda gyms, caller: gyms.get(path + gyms.pick(gyms.people[caller.organization]), caller.owner)


# The commonest, in the order in which somebody might make them.
CALLS = {
    "timetable": timetable,
    "book": book,
    "my bookings": lambda gyms, caller: gyms.get("/v1/bookings", caller.member),
    "cancel": lambda gyms, caller: gyms.line.call("DELETE", f"/v1/bookings/{caller.booking}", caller.member)[0],
    "session's bookings": lambda gyms, caller: gyms.get(f"/v1/sessions/{gyms.pick(gyms.sessions[caller.organization])}/bookings", caller.owner),
    "members": members_page,
    "search": lambda gyms, caller: gyms.get("/v1/members?query=" + gyms.pick(caller.names).replace("'", "%27"), caller.owner),
    "member": of_member("/v1/members/"),
    "invoices": of_member("/v1/invoices?member_id="),
    "workouts": of_member("/v1/workouts?member_id="),
    "add set": add_set,
    "unread": lambda gyms, caller: gyms.get("/v1/notifications?unread=true", caller.member),
}
