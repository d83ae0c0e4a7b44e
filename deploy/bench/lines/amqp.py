"""Line 4: Shared/AMQP against the same in C on librabbitmq, on one quorum queue.

A round publishes for some seconds (persistent messages of 512 bytes, mandatory, with id and user, in windows of 100: the next one begins when all
of the last are confirmed) and then takes what it has published out again (prefetch 256, acknowledged many at once).
"""
import json
import time

from measure import Row

QUEUE = "bench.amqp"


def run(bench):
    ours, reference = bench.pairs(*sides(bench, bench.system().amqp_url))
    return [
        Row("4a", "publish, confirmed, windows of 100", "/s", 0.8, 0.95, *column(0, ours, reference)),
        Row("4b", "consume and acknowledge, prefetch 256", "/s", 0.8, 0.95, *column(1, ours, reference)),
    ]


def sides(bench, url):
    """Two functions that measure publishing and consuming, and return both rates: with Shared/AMQP, and in C."""
    publish, consume = (bench.compile(f"amqp-{name}.c", "-lrabbitmq") for name in ("publish", "consume"))
    bench.driver("amqp-declare", url, QUEUE)
    # A quorum queue is slow, and may lose what it confirmed, while it is fresh.
    time.sleep(6)

    def ours():
        return (bench.driver("amqp-publish", "--seconds", bench.seconds, url, QUEUE)["per_second"],
                bench.driver("amqp-consume", url, QUEUE)["per_second"])

    def reference():
        return (json.loads(bench.run(publish, url, QUEUE, bench.seconds))["per_second"],
                json.loads(bench.run(consume, url, QUEUE))["per_second"])

    return ours, reference


def column(number, *sides):
    return [[figures[number] for figures in side] for side in sides]
