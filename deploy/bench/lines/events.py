"""Line 5: from a row in a service's outbox to the committed reaction of another, sustained.

The services as they run: many events are put into auth's outbox at once, of two hundred organizations in turn; auth's relay publishes them,
the broker keeps them, scheduling consumes, reacts, commits the effect with its inbox row and acknowledges. The rate is that of the inbox rows
from the first to the last. `auth.location.saved` is the event, because nobody but scheduling hears it: what is published once is reacted to
once, and every event of the rate is one publication, one delivery and one committed read copy. Relay, broker, PostgreSQL and consumer share
the processors, the reference has them to itself.

Row 5b is the dearest important one: `scheduling.session.completed`, which three services hear. It counts billing's reactions, an invoice line
each; the workout to log and the message to the member are made beside them.
"""
import json
import time

from lines import amqp
from measure import Row

ORGANIZATIONS = 200


def run(bench):
    # Of its own: the people in these events are made up, and what nobody can be told of is tried again beside the lines that follow.
    system = bench.system("events")
    ours, reference = bench.pairs(
        lambda: rate(bench, system, "auth", location_saved(round(15000 * bench.seconds)), "scheduling", "scheduling.location-copy"),
        publisher(bench, system.amqp_url))
    billed = [
        rate(bench, system, "scheduling", session_completed(round(1500 * bench.seconds)), "billing", "billing.on-session-completed")
        for _ in ours]
    bench.retire(system)
    return [
        Row("5a", "outbox row to committed read copy", "/s", 0.3, 0.5, ours, reference),
        Row("5b", "outbox row to invoice line, three listeners", "/s", 0, 0, billed, reference, note="no target"),
    ]


def publisher(bench, url):
    """Line 4's publishing in C, on its queue, which is emptied after each time."""
    publish = bench.compile("amqp-publish.c", "-lrabbitmq")
    bench.driver("amqp-declare", url, amqp.QUEUE)
    time.sleep(6)

    def reference():
        figures = json.loads(bench.run(publish, url, amqp.QUEUE, bench.seconds))
        bench.driver("amqp-declare", url, amqp.QUEUE)
        return figures["per_second"]

    return reference


def rate(bench, system, emitter, events, listener, reaction):
    """Puts events into an outbox and waits until the listener has reacted to each. Returns its reactions per second."""
    begin = system.psql("select clock_timestamp()")
    count = int(system.psql(f"with said as (insert into {emitter}.outbox (event_id, organization_id, aggregate, aggregate_version, type, envelope)"
                            f" {events} returning 1) select count(*) from said"))
    done = f"from {listener}.inbox where reaction = '{reaction}' and state = 'done' and done_at >= '{begin}'"
    bench.wait_until(lambda: nap(0.5) or int(system.psql(f"select count(*) {done}")) >= count, 60 + count / 200, f"{count} reactions")
    bench.wait_until(lambda: system.psql(f"select not exists (select from {emitter}.outbox where published_at is null)") == "t", 10, "the marks")
    if int(system.psql(f"select count(*) from {listener}.inbox where state <> 'done'")):
        raise SystemExit("bench: a reaction failed")
    return count / float(system.psql(f"select extract(epoch from max(done_at) - min(done_at)) {done}"))


def nap(seconds):
    time.sleep(seconds)


def location_saved(count):
    return events("auth.location.saved.v1", "location", count, """
        'organization_id', organization, 'location_id', aggregate, 'name', 'Main Street', 'time_zone', 'America/Toronto', 'is_active', true,
        'version', 1""")


def session_completed(count):
    return events("scheduling.session.completed.v1", "session", count, f"""
        'organization_id', organization, 'session_id', aggregate, 'class_type_id', {uuid("'type', organization")},
        'class_name', 'Strength Basics', 'category', 'group', 'trainer_id', {uuid("'trainer', organization")},
        'location_id', {uuid("'location', organization")}, 'time_zone', 'America/Toronto',
        'starts_at', '2026-03-01T10:00:00Z', 'ends_at', '2026-03-01T11:00:00Z', 'attendees', jsonb_build_array(jsonb_build_object(
            'booking_id', {uuid("'booking', aggregate")}, 'member_id', {uuid("'member', organization, number % 50")},
            'price', jsonb_build_object('amount', 2500, 'currency', 'CAD'))),
        'version', 1""")


def events(kind, noun, count, data):
    """A query that makes distinct events of many organizations as they are written by their service."""
    return f"""
        select event_id, organization, '{noun}:' || aggregate, 1, '{kind}', convert_to(jsonb_build_object(
            'specversion', '1.0', 'id', event_id, 'type', '{kind}', 'source', '/palestra/{kind.split(".")[0]}',
            'subject', '{noun}:' || aggregate, 'time', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            'datacontenttype', 'application/json', 'organizationid', organization, 'aggregateversion', 1,
            'traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'data', jsonb_build_object({data}))::text, 'UTF8')
          from (select number, {uuid("'event', now(), number", "now()")} as event_id,
                       {uuid("'aggregate', now(), number", "now()")} as aggregate,
                       {uuid(f"'organization', number % {ORGANIZATIONS}")} as organization
                  from generate_series(1, {count}) as number) as numbered"""


def uuid(parts, moment="timestamptz '2026-03-01'"):
    """An expression for an id of version 7 that is the same for the same parts and moment."""
    digits = f"md5(concat_ws(' ', {parts}))"
    return (f"(lpad(to_hex((extract(epoch from {moment}) * 1000)::bigint), 12, '0') || '7' || substr({digits}, 1, 3) || '8' || "
            f"substr({digits}, 4, 15))::uuid")
