"""TCP proxies between the parts, which can be slow, deaf or cut."""
import asyncio
import socket
import struct
import threading


class Proxies:
    """All of them, on an event loop in a thread of its own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        # Connections that are cut on purpose are nobody's news.
        self.loop.set_exception_handler(lambda *_: None)
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.by_name = {}

    def add(self, name, port, on="127.0.0.1"):
        proxy = self.by_name[name] = Proxy(port)
        return self.run(proxy.listen(on))

    def remove(self, name):
        async def take_away():
            proxy = self.by_name.pop(name)
            proxy.server.close()
            proxy.cut()
        self.run(take_away())

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def __getitem__(self, name):
        return self.by_name[name]

    def set(self, name, **state):
        async def change():
            proxy = self.by_name[name]
            for key, value in state.items():
                setattr(proxy, key, value)
            (proxy.thawed.clear if proxy.frozen else proxy.thawed.set)()
        self.run(change())

    def cut(self, name):
        async def change():
            self.by_name[name].cut()
        self.run(change())

    def close(self):
        async def close_all():
            for proxy in self.by_name.values():
                proxy.server.close()
                proxy.cut()
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
        self.run(close_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)


class Proxy:
    def __init__(self, port):
        self.host, self.target = "127.0.0.1", port
        # A point of the code that is looked out for in what passes (points.py).
        self.point = None
        # Seconds that each piece waits; nothing passes; nothing passes back to the client.
        self.delay, self.frozen, self.swallows = 0, False, False
        self.refuses = False
        self.thawed = asyncio.Event()
        self.thawed.set()
        self.writers = set()

    async def listen(self, on):
        self.server = await asyncio.start_server(self.serve, on, 0)
        return self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        self.writers.add(writer)
        if self.refuses:
            return self.drop(writer)
        try:
            await self.thawed.wait()
            far_reader, far_writer = await asyncio.open_connection(self.host, self.target)
        except OSError:
            return self.drop(writer)
        self.writers.add(far_writer)
        if writer.is_closing():
            return self.drop(far_writer)
        watcher = self.point.watcher() if self.point else None
        ways = [
            asyncio.ensure_future(self.copy(reader, far_writer, False, watcher)),
            asyncio.ensure_future(self.copy(far_reader, writer, True, watcher))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        self.drop(far_writer)
        self.drop(writer)

    async def copy(self, reader, writer, is_back, watcher):
        try:
            while data := await reader.read(65536):
                # Struck: what has told the point never arrives.
                if watcher and watcher.tells(data, is_back) and self.point and self.point.strike():
                    return
                await self.thawed.wait()
                if is_back and self.swallows:
                    continue
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass

    def drop(self, writer):
        self.writers.discard(writer)
        writer.close()

    def cut(self):
        """Resets every connection, as a device in between does that has forgotten them."""
        for writer in list(self.writers):
            sock = writer.get_extra_info("socket")
            if sock is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        self.writers.clear()
