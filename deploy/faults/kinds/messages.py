"""Messages that cannot be read, come twice, in another order, or from another version."""
import json
import uuid

from kinds.base import Fault


class MessageFault(Fault):
    family = "messages"

    def publish(self, queue, body, type="scheduling.session.completed.v1", **properties):
        """Straight into a queue, as the broker would deliver it."""
        self.system.manage("POST", "exchanges/palestra/amq.default/publish", {
            "routing_key": queue, "payload": body, "payload_encoding": "string",
            "properties": {"delivery_mode": 2, "type": type, "content_type": "application/cloudevents+json", "message_id": str(uuid.uuid4())}
            | properties})

    def envelopes(self, limit=40):
        """Events that were published lately, oldest first: type and CloudEvents JSON."""
        rows = self.system.rows(
            f"select type, encode(envelope, 'base64') from (select * from scheduling.outbox where published_at is not null order by seq desc limit {limit})"
            " as late order by seq".replace("encode(envelope, 'base64')", "replace(encode(envelope, 'base64'), E'\\n', '')"))
        import base64
        return [(type, base64.b64decode(text).decode()) for type, text in rows]


class Poison(MessageFault):
    """Each must become one dead letter, and nothing behind it may wait."""

    name, what, short = "poison", "undecodable, huge, deep and wrongly shaped messages at the head of every queue", "always"
    queues = ["billing.main", "scheduling.main", "workouts.main", "notifications.main"]

    def break_it(self):
        for queue in self.queues:
            for body in ("this is no event", "{}", "[" * 10_000, '{"x": "' + "y" * 1_000_000 + '"}', "\u0000"):
                self.publish(queue, body)
                self.poison(queue)
        if envelopes := [text for type, text in self.envelopes() if type == "scheduling.session.completed.v1"]:
            event = json.loads(envelopes[-1])
            event["id"], event["data"] = str(uuid.uuid4()), {"session": "of another shape"}
            self.publish("billing.main", json.dumps(event))
            self.poison("billing.main")

    def poison(self, queue):
        dead = queue + ".dead"
        self.campaign.poisoned[dead] = self.campaign.poisoned.get(dead, 0) + 1


class Twice(MessageFault):
    name, what, short = "twice", "the relays publish every event of the last half minute once more", "always"

    def break_it(self):
        for service in self.system.SERVICES:
            self.system.psql(
                f"update {service}.outbox set published_at = null where published_at > now() - interval '30 s'")


class Shuffled(MessageFault):
    name, what = "shuffled", "the last 40 events once more, in another order"

    def break_it(self):
        events = self.envelopes()
        self.random.shuffle(events)
        for type, text in events:
            self.system.manage("POST", "exchanges/palestra/palestra.events/publish", {
                "routing_key": type, "payload": text, "payload_encoding": "string",
                "properties": {"delivery_mode": 2, "type": type, "message_id": json.loads(text)["id"]}})


class OtherVersion(MessageFault):
    """What a newer release says beside this one: types that nobody knows, and members that nobody asked for."""

    name, what = "other-version", "events of a newer version, and the last 20 events once more with members nobody knows"

    def break_it(self):
        for type, text in self.envelopes(20):
            event = json.loads(text)
            event["newmember"] = "of a newer release"
            event["data"]["new_member"] = {"of": ["a", "newer", "release"]}
            for queue in Poison.queues:
                newer = dict(event, type=type.removesuffix("v1") + "v9", id=str(uuid.uuid4()))
                self.publish(queue, json.dumps(newer), newer["type"])
            self.system.manage("POST", "exchanges/palestra/palestra.events/publish", {
                "routing_key": type, "payload": json.dumps(event), "payload_encoding": "string",
                "properties": {"delivery_mode": 2, "type": type, "message_id": event["id"]}})


KINDS = [Poison, Twice, Shuffled, OtherVersion]
