"""Clients that are slow, vanish, or only hold on."""
import json
import socket
import time
import uuid

from kinds.base import Fault


class ClientFault(Fault):
    family = "clients"

    def __init__(self, campaign):
        super().__init__(campaign)
        self.sockets = []

    def connect(self, edge=None):
        host, port = self.system.url(edge or self.random.choice(self.system.edges)).removeprefix("http://").split(":")
        sock = socket.create_connection((host, int(port)), timeout=10)
        self.sockets.append(sock)
        return sock

    def heal(self):
        for sock in self.sockets:
            sock.close()
        self.sockets = []

    finish = heal


class SlowClients(ClientFault):
    share = 1 / 3
    name, what = "slow-clients", "200 clients that send a byte of their request every half second, for 4 s"

    def break_it(self):
        for _ in range(200):
            self.connect()
        for byte in b"GET /v1/s":
            for sock in self.sockets:
                try:
                    sock.send(bytes([byte]))
                except OSError:
                    pass
            time.sleep(0.5)


class VanishInBody(ClientFault):
    name, what, short = "vanish-in-body", "100 clients that go away in the middle of their request's body", "always"

    def break_it(self):
        for _ in range(100):
            sock = self.connect()
            sock.sendall(
                b"POST /v1/auth/login HTTP/1.1\r\nHost: palestra\r\nContent-Type: application/json\r\nContent-Length: 200\r\n"
                b"Idempotency-Key: " + uuid.uuid4().hex.encode() + b"\r\n\r\n{\"email\": \"no")
            sock.close()


class VanishBeforeAnswer(ClientFault):
    """Sends a whole request and goes; asks again later under the same key, and gets the answer of the one effect."""

    name, what = "vanish-before-answer", "30 clients that go away before their answer, and ask again under their key"

    def __init__(self, campaign):
        super().__init__(campaign)
        self.gym = self.system.gym(members=0)

    def break_it(self):
        self.names = {str(uuid.uuid4()): f"Vanished {number}" for number in range(30)}
        for key, name in self.names.items():
            body = json.dumps({"full_name": name}).encode()
            sock = self.connect()
            sock.sendall(
                f"POST /v1/members HTTP/1.1\r\nHost: palestra\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                f"Authorization: Bearer {self.gym['token']}\r\nIdempotency-Key: {key}\r\n\r\n".encode() + body)
            if self.random.random() < 0.5:
                time.sleep(self.random.uniform(0, 0.01))
            sock.close()

    def heal(self):
        super().heal()
        before = len(self.system.rows(self.people))
        ids = {self.again(key, name) for key, name in self.names.items()}
        after = {row[0] for row in self.system.rows(self.people)}
        if not ids <= after or len(ids) != len(self.names):
            raise SystemExit(f"faults: vanish-before-answer: {len(self.names)} keys, answers {len(ids)}, there {len(ids & after)}")
        self.expected = getattr(self, "expected", 1 + 1) + len(self.names)
        if len(after) != self.expected:
            raise SystemExit(f"faults: vanish-before-answer: {len(after)} people, not {self.expected} ({before} before asking again)")

    def again(self, key, name):
        return self.system.call("POST", "/v1/members", {"full_name": name}, self.gym["token"], key)["id"]

    @property
    def people(self):
        return f"select person_id from auth.people where organization_id = '{self.gym['organization']}'"

    def finish(self):
        ClientFault.heal(self)


class IdleConnections(ClientFault):
    share = 1 / 3
    name, what = "idle-connections", "2,000 connections that say nothing, for 3 s"

    def break_it(self):
        for number in range(2000):
            self.connect(self.system.edges[number % 2])
        self.hold(3)


KINDS = [SlowClients, VanishInBody, VanishBeforeAnswer, IdleConnections]
