"""Line 6: a booking through the edge against pgbench with the bare statements.

Ours is the whole system at work: token, idempotency key, row-level security, constraints and outbox, and beside it the relay, the broker
and the notifications that each booking causes. The reference has a system's servers for itself, whose own processes are stopped.
"""
from lines import bookings
from lines.load import Timetable
from measure import Row


def run(bench):
    system, servers = bench.system(), bench.system("postgres")
    servers.end_services()
    environment = servers.database_as("scheduling")

    def ours():
        timetable = Timetable(bench, system, sessions=100, members=300)
        system.settle()
        with bench.watch(system.pid("scheduling")):
            rate = timetable.book()["per_second"]
        system.settle()
        return rate

    def reference():
        bookings.prepare(bench, servers)
        return bookings.pgbench(bench, environment, "booking-plain.sql", 8)

    ours, reference = bench.pairs(ours, reference)
    bench.retire(servers)
    return [Row("6", "a booking through the edge", "/s", 0.4, 0.7, ours, reference)]
