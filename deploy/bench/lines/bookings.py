"""The booking transaction as pgbench makes it: its data, its constants, its script with pipelines or without."""
import re

ORGANIZATION = "01920000-0000-7000-8000-0000000b00c5"
BOOKING = ('{"id":"01920000-0000-7000-8000-000000000001","session_id":"01920000-0000-7000-8000-000000000001",'
           '"member_id":"01920000-0000-7000-8000-000000000001","status":"confirmed","waitlist_position":null,'
           '"payment_status":"pending","class_name":"Strength Basics","starts_at":"2026-03-01T10:00:00Z",'
           '"booked_at":"2026-03-01T10:00:00.123Z","cancelled_at":null,"version":1}')
ENVELOPE = ('{"specversion":"1.0","id":"01920000-0000-7000-8000-000000000001","type":"scheduling.booking.created.v1",'
            '"source":"/palestra/scheduling","subject":"booking:01920000-0000-7000-8000-000000000001",'
            '"time":"2026-03-01T10:00:00Z","datacontenttype":"application/json","aggregateversion":1,'
            '"organizationid":"01920000-0000-7000-8000-000000000001",'
            '"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",'
            '"data":{"booking_id":"01920000-0000-7000-8000-000000000001","class_name":"Strength Basics",'
            '"member_id":"01920000-0000-7000-8000-000000000001","organization_id":"01920000-0000-7000-8000-000000000001",'
            '"session_id":"01920000-0000-7000-8000-000000000001","starts_at":"2026-03-01T10:00:00Z","status":"confirmed",'
            '"time_zone":"America/Toronto","version":1}}')
# What is the same in every booking; sealed answers are 28 bytes longer than what they seal.
constants = {
    "organization": ORGANIZATION, "now": "2026-03-01 10:00:00.123456+00", "version": 1, "type": "scheduling.booking.created.v1",
    "envelope": ENVELOPE, "fingerprint": "f" * 32, "status": 201, "sealed": BOOKING + "s" * 28,
    "call": "BookSession\n01920000-0000-7000-8000-000000000001\n203.0.113.7\nPalestra/1.0 (iPhone; iOS 18.0)",
    "headers": '{"Content-Type":"application/json","Cache-Control":"private, no-cache","ETag":"\\"1\\""}',
}


def prepare(bench, system, organization=ORGANIZATION):
    """Sessions and members to book with, and no bookings: before every measurement, so that each finds the same tables."""
    bench.run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "organization=" + organization,
              "-f", f"{bench.here}/references/booking-data.sql", environment=system.database)


def pgbench(bench, environment, script, clients, run=1):
    """Bookings per second."""
    values = constants | {"run": run, "n": 0}
    return transactions(bench, environment, script, clients, *(part for item in values.items() for part in ("-D", "%s=%s" % item)))


def transactions(bench, environment, script, clients, *options):
    """Transactions per second of a script in references/, prepared."""
    text = bench.run(
        "pgbench", "-n", "-M", "prepared", "-c", clients, "-j", min(clients, 2), "-T", max(1, round(bench.seconds)),
        "-f", f"{bench.here}/references/{script}", *options, environment=environment)
    return float(re.search(r"^tps = ([0-9.]+)", text, re.M)[1])
