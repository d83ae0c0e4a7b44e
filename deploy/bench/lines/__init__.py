"""The lines of the table, by name, in their order. Each is a function of the bench that returns rows."""
from lines import amqp, booking, completion, edge, events, growth, idle, postgres, timetable

LINES = {
    "edge": edge.run,
    "postgres": postgres.run,
    "amqp": amqp.run,
    "events": events.run,
    "booking": booking.run,
    "timetable": timetable.run,
    "completion": completion.run,
    "idle": idle.run,
    "growth": growth.run,
}
