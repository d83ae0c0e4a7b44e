"""People who guess passwords at speed, through the edges, while others sign in."""
import collections
import datetime
import http.client
import json
import selectors
import socket
import threading
import time
import urllib.parse

from kinds.base import Fault
from load import quantile

# Wrong passwords a second, seconds of it, and what somebody else's right one may take.
RATE, TIME, LIMIT = 200, 20, 2.0
# The timetable is looked at so often a second; its p99 may grow to this, or to so many times what it was.
LOOKS, TIMETABLE, SLOWER = 20, 0.25, 1.5
PASSWORD = "iron-temple-bench"
OTHERS = 10


def login(email, password):
    body = json.dumps({"email": email, "password": password}).encode()
    return (
        "POST /v1/auth/login HTTP/1.1\r\nHost: palestra\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def milliseconds(times):
    return " / ".join(f"{seconds * 1000:.0f}" for seconds in times)


class Guesser:
    """A keep-alive connection from an address of its own choice; guesses for one account, one guess at a time."""

    def __init__(self, edge, source, email):
        self.edge, self.source, self.request, self.sock, self.answer = edge, source, login(email, "wrong horse battery"), None, b""

    def send(self):
        if self.sock is None:
            self.sock = socket.create_connection(self.edge, timeout=5, source_address=(self.source, 0))
        self.answer = b""
        self.sock.sendall(self.request)

    def receive(self):
        """The status, once the answer is whole; 0 when the connection was closed."""
        data = self.sock.recv(65536)
        self.answer += data
        head, mark, body = self.answer.partition(b"\r\n\r\n")
        if data and (not mark or len(body) < self.length(head)):
            return None
        status = int(head.split(b" ", 2)[1]) if mark else 0
        if not data or b"connection: close" in head.lower():
            self.close()
        return status

    @staticmethod
    def length(head):
        return next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)

    def close(self):
        if self.sock:
            self.sock.close()
        self.sock = None


class Attack(threading.Thread):
    """An open loop over the guessers that are not waiting for an answer; one thread, so that it takes little from what it attacks."""

    def __init__(self, guessers):
        super().__init__(daemon=True)
        self.resting, self.asking = collections.deque(guessers), selectors.DefaultSelector()
        self.answers, self.sent, self.left_out, self.is_over = collections.Counter(), 0, 0, False

    def run(self):
        start, due = time.monotonic(), 0
        while not self.is_over:
            while due <= (time.monotonic() - start) * RATE:
                due += 1
                self.guess()
            for key, _ in self.asking.select(max(0, start + due / RATE - time.monotonic())):
                self.hear(key.data)
        for key in list(self.asking.get_map().values()):
            self.resting.append(key.data)
        for guesser in self.resting:
            guesser.close()

    def guess(self):
        if not self.resting:
            self.left_out += 1
            return
        guesser = self.resting.popleft()
        try:
            guesser.send()
            self.sent += 1
            self.asking.register(guesser.sock, selectors.EVENT_READ, guesser)
        except OSError:
            self.lost(guesser)

    def hear(self, guesser):
        sock = guesser.sock
        try:
            status = guesser.receive()
        except OSError:
            status = 0
        if status is None:
            return
        self.asking.unregister(sock)
        if status == 0:
            return self.lost(guesser)
        self.answers[status] += 1
        self.resting.append(guesser)

    def lost(self, guesser):
        guesser.close()
        self.answers["cut"] += 1
        self.resting.append(guesser)


class Timetable(threading.Thread):
    """Somebody who looks at it again and again."""

    def __init__(self, edge, token):
        super().__init__(daemon=True)
        self.edge, self.token, self.times, self.is_over = edge, token, [], False

    def run(self):
        connection = http.client.HTTPConnection(*self.edge, timeout=10)
        while not self.is_over:
            start = time.monotonic()
            try:
                connection.request("GET", "/v1/sessions?limit=20", headers={"Authorization": "Bearer " + self.token})
                answer = connection.getresponse()
                answer.read()
                self.times.append(time.monotonic() - start if answer.status == 200 else 10)
            except OSError:
                self.times.append(10)
                connection.close()
            time.sleep(max(0, start + 1 / LOOKS - time.monotonic()))
        connection.close()

    def end(self):
        """p50 and p99 in seconds; what was not answered right counts as ten."""
        self.is_over = True
        self.join(15)
        times = sorted(self.times)
        return quantile(times, 0.5), quantile(times, 0.99)


class GuessFault(Fault):
    """With hashes as dear as an installation's: at the private system's own cost a flood of them would weigh nothing."""

    family, short = "attackers", "never"
    share = 0.3

    def __init__(self, campaign):
        super().__init__(campaign)
        self.turn, self.attack = 0, None
        # Its own sign-ins and people with passwords would take most of a core.
        self.load.go(self.campaign.rate * 0.4)
        self.hash_at(12)
        self.gym = self.system.gym(members=OTHERS + 5)
        type = self.system.class_type(self.gym, 10)
        for number in range(5):
            self.system.session(self.gym, type, self.system.next_monday() + datetime.timedelta(hours=number))

    @classmethod
    def times(cls, times):
        # Each takes half a minute.
        return min(times, 3)

    def hash_at(self, cost):
        for name in [name for name in self.system.services if name.split(".")[0] == "auth"]:
            self.system.recipes[name][1]["PASSWORD_COST"] = str(cost)
            self.system.end(name)
            self.system.launch(name)
            self.system.await_ready(20)

    def edge(self, number):
        url = urllib.parse.urlsplit(self.system.url(self.system.edges[number % len(self.system.edges)]))
        return url.hostname, url.port

    def look(self):
        tokens = self.system.call("POST", "/v1/auth/login", {"email": self.gym["member_emails"][0], "password": PASSWORD})
        timetable = Timetable(self.edge(0), tokens["access_token"])
        timetable.start()
        return timetable

    def break_it(self):
        timetable = self.look()
        self.hold(5)
        before, timetable = timetable.end(), self.look()
        start = time.monotonic()
        self.others, self.wrong, self.lock = [], [], threading.Lock()
        self.attack = Attack([Guesser(self.edge(number), *who) for number, who in enumerate(self.guessers())])
        self.attack.start()
        threads = []
        # Somebody else each second, whether or not the one before was answered.
        for number in range(TIME):
            time.sleep(max(0, start + number + self.random.uniform(0.2, 0.9) - time.monotonic()))
            threads.append(threading.Thread(target=self.sign_in, args=(number,), daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join(35)
        self.end_attack()
        self.turn += 1
        self.judge(before, timetable.end(), time.monotonic() - start)

    def sign_in(self, number):
        connection = http.client.HTTPConnection(*self.edge(number), timeout=30, source_address=(f"127.0.3.{number % OTHERS + 1}", 0))
        start = time.monotonic()
        try:
            body = json.dumps({"email": self.gym["member_emails"][number % OTHERS], "password": PASSWORD})
            connection.request("POST", "/v1/auth/login", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            what = None if answer.status == 200 else f"{answer.status} {text[:80]!r}"
        except OSError as error:
            what = str(error)
        finally:
            connection.close()
        seconds = time.monotonic() - start
        with self.lock:
            self.others.append(seconds)
            if what or seconds > LIMIT:
                self.wrong.append(f"{what or 'right'} after {seconds:.2f} s")

    def judge(self, before, during, seconds):
        others, attack = sorted(self.others), self.attack
        answers = ", ".join(f"{count}x {status}" for status, count in attack.answers.most_common())
        self.campaign.results[-1].notes.append(
            f"others signed in after {quantile(others, 0.5):.2f} s (median) and {others[-1]:.2f} s (longest) of {len(others)}, "
            f"{len(self.wrong)} wrong or late; the timetable's p50 / p99 was {milliseconds(before)} and became {milliseconds(during)} ms; "
            f"{attack.sent / seconds:.0f} guesses a second were answered {answers}")
        if self.wrong or len(others) < TIME:
            wrong = "; ".join(self.wrong[:5])
            raise SystemExit(f"faults: of {TIME} others {len(others)} were answered, {len(self.wrong)} wrong or late: {wrong}")
        if during[1] > max(TIMETABLE, SLOWER * before[1]):
            raise SystemExit(f"faults: the timetable's p99 went from {before[1]:.3f} to {during[1]:.3f} s")
        if attack.sent < 0.8 * RATE * TIME:
            raise SystemExit(f"faults: only {attack.sent} guesses in {seconds:.0f} s")

    def end_attack(self):
        if self.attack and self.attack.is_alive():
            self.attack.is_over = True
            self.attack.join(10)

    def heal(self):
        self.end_attack()

    def finish(self):
        self.end_attack()
        self.hash_at(4)
        self.load.go(self.campaign.rate)


class GuessAccount(GuessFault):
    name, what = "guess-account", f"{RATE} wrong passwords a second for one account, from 200 addresses, for {TIME} s"

    def guessers(self):
        victim = self.gym["member_emails"][OTHERS + self.turn % 5]
        return [(f"127.0.1.{number + 1}", victim) for number in range(200)]


class GuessAddress(GuessFault):
    """Nobody has these accounts, which makes no difference to anything but the time it takes to prepare this."""

    name, what = "guess-address", f"{RATE} wrong passwords a second from one address, for 200 accounts, for {TIME} s"

    def guessers(self):
        return [(f"127.0.2.{self.turn + 1}", f"nobody-{number}@guessed.example") for number in range(200)]


KINDS = [GuessAccount, GuessAddress]
