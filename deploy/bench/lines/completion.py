"""Line 8: from the answer to `complete` until the invoice line can be read, idle and under 500 bookings a second.

One session after the other is completed, each with one attendee; then the member's invoices are read, with a millisecond between two
readings, until the line is there. Times are of the wall, in milliseconds, from the last byte of the one answer to that of the other.
"""
import http.client
import json
import statistics
import threading
import time

from lines.load import Timetable
from measure import Row

SAMPLES = 200
BOOKINGS = 500
CONNECTIONS = 50


def run(bench):
    system = bench.system()
    idle, loaded = sessions(bench, system), sessions(bench, system)
    crowd = Timetable(bench, system, sessions=100, members=200)
    system.settle()
    times = {"idle": measure(system, idle)}
    system.settle()

    def book():
        times["crowd"] = crowd.book(seconds=20, connections=CONNECTIONS, pause=round(CONNECTIONS / BOOKINGS * 1000) - 5)

    load = threading.Thread(target=book)
    load.start()
    time.sleep(1)
    times["loaded"] = measure(system, loaded, until=lambda: not load.is_alive())
    load.join()
    system.settle()
    seen = times["crowd"]
    note = f"{len(times['loaded'])} samples beside {seen['per_second']:.0f} bookings/s, whose own p99 was {seen['p99'] / 1000:.0f} ms"
    return [
        Row("8a", "complete to invoice line, idle, p50", "ms", 15, 8, [statistics.median(times["idle"])], lower_is_better=True),
        Row("8b", "the same, p99", "ms", 60, 30, [p99(times["idle"])], lower_is_better=True),
        Row("8c", "the same under 500 bookings/s, p99", "ms", 250, 250, [p99(times["loaded"])], lower_is_better=True, note=note),
    ]


def sessions(bench, system):
    """Sessions with one attendee each, some of them the same member."""
    timetable = Timetable(bench, system, sessions=SAMPLES, members=40, trainers=4)
    members = timetable.gym["members"]
    for number, session in enumerate(timetable.sessions):
        system.call("POST", f"/v1/sessions/{session}/bookings", {"member_id": members[number % len(members)]}, timetable.token)
    return timetable


def p99(times):
    return sorted(times)[max(0, -(-len(times) * 99 // 100) - 1)]


def measure(system, timetable, until=lambda: False):
    members = timetable.gym["members"]
    connection = http.client.HTTPConnection("127.0.0.1", system.port("edge"))
    headers = {"Authorization": "Bearer " + timetable.token, "Content-Type": "application/json"}

    def call(method, path, body=None):
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise SystemExit(f"bench: {method} {path} was answered with {response.status}: {content.decode()}")
        return json.loads(content)

    times = []
    for number, session in enumerate(timetable.sessions):
        if until():
            break
        call("POST", f"/v1/sessions/{session}/complete", "{}")
        answered = time.perf_counter()
        member = members[number % len(members)]
        while not any(line["session_id"] == session for invoice in call("GET", f"/v1/invoices?member_id={member}")["data"]
                      for line in invoice["lines"]):
            if time.perf_counter() - answered > 30:
                raise SystemExit(f"bench: session {session} was not billed within 30 s")
            time.sleep(0.001)
        times.append((time.perf_counter() - answered) * 1000)
    connection.close()
    return times
