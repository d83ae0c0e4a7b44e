"""The disk under PostgreSQL is slow, fails, or loses power."""
import fcntl
import os
import shutil
import struct
import subprocess
import time

from kinds.base import Fault


class StorageFault(Fault):
    """PostgreSQL is started anew for it, and once more when it is over."""

    family, short = "storage", "never"

    def __init__(self, campaign):
        super().__init__(campaign)
        self.folder = os.path.realpath(os.path.join(self.system.folder, "postgres"))
        self.port = self.system.postgres_port
        self.begin()
        self.campaign.wait_until(lambda: not self.system.unready(), 30, "everything to be ready again")

    def begin(self):
        raise NotImplementedError

    def start_database(self, environment=None):
        self.system.server("postgres", "start", str(self.port), environment=environment)

    def stop_database(self):
        self.system.server("postgres", "stop")

    def log_from(self, offset):
        with open(os.path.join(self.folder, "log"), errors="replace") as log:
            log.seek(offset)
            return log.read()


class Syncs(StorageFault):
    """With a library before libc's that makes syncing slow, or fail."""

    trouble = ""

    @classmethod
    def obstacle(cls):
        return None if shutil.which("cc") else "there is no C compiler"

    def begin(self):
        library, self.control = os.path.join(self.folder, "syncs.so"), os.path.join(self.folder, "syncs")
        source = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "syncs.c")
        self.campaign.run("cc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source, "-ldl")
        os.chmod(library, 0o755)
        self.stop_database()
        self.start_database({"LD_PRELOAD": library, "PALESTRA_SYNCS": self.control})

    def cause(self):
        with open(self.control + ".new", "w") as file:
            file.write(self.trouble + "\n")
        os.chmod(self.control + ".new", 0o644)
        os.replace(self.control + ".new", self.control)

    def remove(self):
        if os.path.exists(self.control):
            os.unlink(self.control)

    def finish(self):
        self.remove()
        self.stop_database()
        self.start_database()


class SlowSync(Syncs):
    name, what, trouble = "slow-sync", "fsync, fdatasync and sync_file_range take 200 ms in PostgreSQL for 4 s", "slow 200"
    share = 1 / 3

    def break_it(self):
        self.cause()
        start = time.monotonic()
        self.system.psql("create table if not exists public.synced (at timestamptz); insert into public.synced values (now())")
        if time.monotonic() - start < 0.2:
            raise SystemExit("a commit took less than a sync is to take")
        self.hold(4)

    def heal(self):
        self.remove()


class FailSync(Syncs):
    """PostgreSQL cannot know any more what is on the disk: it must give up at once, and recover from what is."""

    name, what, trouble = "fail-sync-wal", "a sync of the write-ahead log fails once with EIO", "fail /pg_wal/"
    share = 1 / 3

    def provoke(self):
        return None

    def break_it(self):
        self.hold(0, 0.5)
        offset = os.path.getsize(os.path.join(self.folder, "log"))
        self.cause()
        beside = self.provoke()
        self.campaign.wait_until(lambda: "PANIC:" in self.log_from(offset), 20, "PostgreSQL to give up")
        self.campaign.wait_until(
            lambda: "ready to accept connections" in self.log_from(offset).rsplit("PANIC:", 1)[1], 30, "PostgreSQL to recover")
        if beside:
            beside.wait()


class FailCheckpoint(FailSync):
    name, what, trouble = "fail-sync-data", "a sync of a table's file fails once with EIO, in a checkpoint", "fail /base/"

    def provoke(self):
        return subprocess.Popen(
            ["psql", "-X", "-q", "-c", "checkpoint"], env=os.environ | self.system.database,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class PowerLoss(StorageFault):
    """PostgreSQL's files move to an ext4 of their own, which is told to go down without writing anything more: what was not synced is lost,
    as it is when power is. PostgreSQL is killed, the file system mounted again, and both recover."""

    name, what = "power-loss", "PostgreSQL's file system goes down with everything that was not synced; kill -9, mounted and started again"
    # EXT4_IOC_SHUTDOWN, EXT4_GOING_FLAGS_NOLOGFLUSH
    SHUTDOWN, NO_LOG_FLUSH = 0x8004587D, 2

    @classmethod
    def obstacle(cls):
        if os.geteuid() != 0:
            return "to mount a file system takes root"
        return None if shutil.which("mkfs.ext4") and os.path.exists("/dev/loop-control") else "there are no loop devices or no mkfs.ext4"

    def begin(self):
        self.data, self.aside, self.image = (os.path.join(self.folder, name) for name in ("data", "data.aside", "disk"))
        self.stop_database()
        with open(self.image, "wb") as image:
            image.truncate(8 << 30)
        self.campaign.run("mkfs.ext4", "-q", "-F", self.image)
        os.rename(self.data, self.aside)
        os.mkdir(self.data)
        self.mount()
        self.copy(self.aside, self.data)
        self.start_database()

    def mount(self):
        self.campaign.run("mount", "-o", "loop", self.image, self.data)

    def copy(self, source, target):
        self.campaign.run("cp", "-a", source + "/.", target)
        self.campaign.run("sync", "-f", target)

    def break_it(self):
        self.hold(0.5, 2)
        disk = os.open(self.data, os.O_RDONLY)
        fcntl.ioctl(disk, self.SHUTDOWN, struct.pack("I", self.NO_LOG_FLUSH))
        os.close(disk)
        self.system.server("postgres", "kill")
        self.campaign.run("umount", self.data)
        self.mount()

    def heal(self):
        self.start_database()

    def finish(self):
        self.stop_database()
        shutil.rmtree(self.aside)
        os.mkdir(self.aside)
        self.copy(self.data, self.aside)
        self.campaign.run("umount", self.data)
        os.rmdir(self.data)
        os.rename(self.aside, self.data)
        os.unlink(self.image)
        self.start_database()


KINDS = [SlowSync, FailSync, FailCheckpoint, PowerLoss]
