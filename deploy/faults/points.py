"""Named points of the code, as what passes on the wire tells them; who comes there is killed, and what told it never arrives."""
import os
import re
import signal
import struct
import threading


class Point:
    """Looked out for on every connection through a proxy. Armed with a process id, it strikes once."""

    def __init__(self, kind, *arguments):
        self.kind, self.arguments = kind, arguments
        self.pid = None
        self.hit = threading.Event()

    def watcher(self):
        return self.kind(*self.arguments)

    def arm(self, pid):
        self.hit.clear()
        self.pid = pid

    def strike(self):
        pid, self.pid = self.pid, None
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        self.hit.set()
        return True


class Statements:
    """What a client of PostgreSQL asks for: which of its statements hold a pattern, by the names it prepared them under."""

    # Requests for TLS and GSSAPI come before the greeting, and have no type.
    PRELUDES = (80877103, 80877104)

    def __init__(self, pattern):
        self.pattern, self.names = re.compile(pattern, re.IGNORECASE), set()
        self.buffer, self.greeted = b"", False

    def asked(self, data):
        """Whether one of them is run in these bytes."""
        self.buffer += data
        found = False
        while message := self.next():
            kind, body = message
            if kind == b"P":
                name, text = body.split(b"\0", 2)[:2]
                (self.names.add if self.pattern.search(text) else self.names.discard)(name)
            elif kind == b"B":
                found |= body.split(b"\0", 2)[1] in self.names
        return found

    def next(self):
        head = 1 if self.greeted else 0
        if len(self.buffer) < head + 8 - 4 * head:
            return None
        size = head + struct.unpack_from("!I", self.buffer, head)[0]
        if len(self.buffer) < size:
            return None
        message, self.buffer = self.buffer[:size], self.buffer[size:]
        if not self.greeted:
            self.greeted = struct.unpack_from("!I", message, 4)[0] not in self.PRELUDES
            return b"greeting", b""
        return message[:1], message[5:]


class Committed:
    """PostgreSQL says that a transaction with such a statement is committed."""

    ENDS = re.compile(rb"C\0\0\0(?:\x0bCOMMIT|\rROLLBACK)\0")

    def __init__(self, pattern):
        self.statements, self.has_asked, self.tail = Statements(pattern), False, b""

    def tells(self, data, is_back):
        if not is_back:
            self.has_asked |= self.statements.asked(data)
            return False
        data, told = self.tail + data, False
        self.tail = data[-13:]
        for end in self.ENDS.finditer(data):
            told |= self.has_asked and b"COMMIT" in end[0]
            self.has_asked, self.tail = False, data[end.end():][-13:]
        return told


class Asked:
    """Such a statement is on its way to PostgreSQL."""

    def __init__(self, pattern):
        self.statements = Statements(pattern)

    def tells(self, data, is_back):
        return not is_back and self.statements.asked(data)


class Confirmed:
    """RabbitMQ confirms what was published: the frame of `basic.ack`, which it says to publishers only."""

    FRAME = b"\x00\x00\x00\x0d\x00\x3c\x00\x50"

    def __init__(self):
        self.tail = b""

    def tells(self, data, is_back):
        if not is_back:
            return False
        data, self.tail = self.tail + data, data[-7:]
        return self.FRAME in data


class Mailed:
    """The mail server says that it has taken a mail."""

    END = b"\r\n.\r\n"

    def __init__(self):
        self.tail, self.is_whole = b"", False

    def tells(self, data, is_back):
        if is_back:
            return self.is_whole and data.startswith(b"250")
        data = self.tail + data
        self.is_whole, self.tail = data.endswith(self.END), data[-5:]
        return False
