"""Line 7: a week's timetable, 50 sessions, through the edge against pgbench with the bare statement on the same rows."""
import datetime

from lines import bookings
from lines.load import Timetable, wrk
from measure import Row


def run(bench):
    system = bench.system()
    timetable = Timetable(bench, system, sessions=50, members=1)
    week = (timetable.monday, timetable.monday + datetime.timedelta(days=7))
    query = "limit=50&from={:%Y-%m-%dT%H:%M:%SZ}&to={:%Y-%m-%dT%H:%M:%SZ}".format(*week)
    found = system.call("GET", f"/v1/sessions?{query}", token=timetable.token)["data"]
    if len(found) != 50:
        raise SystemExit(f"bench: the week has {len(found)} sessions, not 50")
    system.psql("analyze scheduling.sessions")
    environment = system.database_as("scheduling")
    # The reader's organization, as row-level security reads it, for the whole connection.
    environment["PGOPTIONS"] += " -c app.organization_id=" + timetable.gym["organization"]
    values = {"organization": timetable.gym["organization"], "from": week[0], "to": week[1]}
    options = [part for item in values.items() for part in ("-D", "%s=%s" % item)]

    def ours():
        with bench.watch(system.pid("scheduling")):
            return wrk(bench, f"{system.edge_url}/v1/sessions?{query}", "-H", "Authorization: Bearer " + timetable.token)["per_second"]

    def reference():
        return bookings.transactions(bench, environment, "timetable.sql", 8, *options)

    system.settle()
    wrk(bench, f"{system.edge_url}/v1/sessions?{query}", "-H", "Authorization: Bearer " + timetable.token, seconds=1)
    ours, reference = bench.pairs(ours, reference)
    return [Row("7", "a week's timetable through the edge", "/s", 0.35, 0.6, ours, reference)]
