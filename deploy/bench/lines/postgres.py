"""Line 3: Shared/Postgres against pgbench."""
from lines import bookings
from measure import Row


def run(bench):
    # A system of its own: its services are not to publish what is booked here.
    system = bench.system("postgres")
    system.end_services()
    try:
        return [select_one(bench, system), booking(bench, system)]
    finally:
        bench.retire(system)


def select_one(bench, system):
    environment = system.database_as("scheduling")

    def ours():
        return bench.driver("postgres-select", "--seconds", bench.seconds, environment=environment)["per_second"]

    def reference():
        return bookings.transactions(bench, environment, "select-1.sql", 1)

    ours, reference = bench.pairs(ours, reference)
    return Row("3a", "select 1, one connection", "/s", 0.8, 0.95, ours, reference)


def booking(bench, system):
    environment = system.database_as("scheduling")
    values = [part for name, value in bookings.constants.items() if name != "now" for part in ("--" + name, value)]

    def ours():
        bookings.prepare(bench, system)
        return bench.driver("postgres-booking", "--seconds", bench.seconds, *values, environment=environment)["per_second"]

    def reference():
        bookings.prepare(bench, system)
        return bookings.pgbench(bench, environment, "booking-pipeline.sql", 8)

    ours, reference = bench.pairs(ours, reference)
    return Row("3b", "the booking transaction, eight connections", "/s", 0.8, 0.95, ours, reference,
               note="the reference sends the same statements in a pipeline")
