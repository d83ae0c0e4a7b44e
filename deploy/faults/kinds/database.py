"""The database dies, cuts connections, refuses and is late."""
import os
import shutil
import subprocess
import time

from kinds.base import Fault


class DatabaseFault(Fault):
    family = "database"

    def start_database(self):
        self.system.server("postgres", "start", str(self.system.postgres_port))

    def beside(self, sql):
        """Runs SQL in a session that goes on beside us; to be waited for."""
        return subprocess.Popen(
            ["psql", "-X", "-q", "-c", sql], env=os.environ | self.system.database, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class KillDatabase(DatabaseFault):
    name, what, short = "kill-database", "kill -9 of all processes of PostgreSQL, started again", "always"

    def break_it(self):
        self.hold(0, 0.5)
        # Read once: the port's file is no part of what is broken.
        self.port = self.system.postgres_port
        self.system.server("postgres", "kill")
        self.hold(0, 1)

    def heal(self):
        self.start_database()


class RestartDatabase(DatabaseFault):
    name, what = "restart-database", "a fast restart of PostgreSQL"

    def break_it(self):
        self.system.server("postgres", "stop")

    def heal(self):
        self.start_database()


class Terminate(DatabaseFault):
    name, what = "terminate", "pg_terminate_backend for half of the connections, four times in a second"

    def break_it(self):
        for _ in range(4):
            self.system.psql(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = 'palestra' and pid <> pg_backend_pid() and random() < 0.5")
            time.sleep(0.25)


class Cancel(DatabaseFault):
    name, what = "cancel", "pg_cancel_backend for whatever runs, fifty times in a second"

    def break_it(self):
        self.system.psql(
            "do $$ begin for i in 1..50 loop perform pg_cancel_backend(pid) from pg_stat_activity where datname = 'palestra' "
            "and pid <> pg_backend_pid() and state = 'active'; perform pg_sleep(0.02); perform pg_stat_clear_snapshot(); end loop; end $$")


class ConnectionLimit(DatabaseFault):
    name, what = "connection-limit", "every connection of one service is cut and none is let in for 2 s"

    def break_it(self):
        self.victim = self.random.choice(self.system.SERVICES)
        self.system.psql(f"alter role {self.victim} connection limit 0")
        self.system.psql(f"select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = '{self.victim}'")
        self.hold(2)

    def heal(self):
        self.system.psql(f"alter role {self.victim} connection limit -1")


class Locks(DatabaseFault):
    share = 1 / 3
    name, what = "locks", "an exclusive lock on bookings, or on payments, for 4 s"

    def break_it(self):
        table = self.random.choice(["scheduling.bookings", "billing.payments"])
        holder = self.beside(f"begin; lock table {table} in access exclusive mode; select pg_sleep(4); commit")
        holder.wait()


class Serialization(DatabaseFault):
    """Failures that PostgreSQL asks to be repeated, thrown by a trigger: a storm of them cannot be had at will otherwise."""

    name, what = "serialization", "a third of bookings, payments and sets fail with 40001 or 40P01 for 2 s"
    tables = ["scheduling.bookings", "billing.payments", "workouts.sets", "billing.invoice_lines"]

    def break_it(self):
        self.system.psql(
            "create or replace function public.fail_sometimes() returns trigger language plpgsql as $$ begin "
            "if random() < 0.33 then raise exception 'broken on purpose' using errcode = case when random() < 0.5 then '40001' else '40P01' end; "
            "end if; return new; end $$; grant execute on function public.fail_sometimes() to public; grant usage on schema public to public")
        for table in self.tables:
            self.system.psql(f"create trigger broken before insert or update on {table} for each row execute function public.fail_sometimes()")
        self.hold(2)

    def heal(self):
        for table in self.tables:
            self.system.psql(f"drop trigger if exists broken on {table}")


class DiskFull(DatabaseFault):
    """Bookings move to a file system of 24 MB, which something else fills."""

    share = 1 / 3
    short = "never"
    name, what = "disk-full", "the disk that bookings are on is full for 2 s"
    folder = "/var/tmp/palestra-faults-small"

    @classmethod
    def obstacle(cls):
        return None if os.geteuid() == 0 else "to mount a file system takes root"

    def __init__(self, campaign):
        super().__init__(campaign)
        self.is_ready = False
        self.unmount()
        os.makedirs(self.folder, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0755", "none", self.folder], check=True)
        os.makedirs(self.folder + "/table")
        shutil.chown(self.folder + "/table", "postgres", "postgres")
        self.system.psql(f"create tablespace small location '{self.folder}/table'")
        self.move("small")
        self.is_ready = True

    def move(self, where):
        for table in ("scheduling.bookings", "scheduling.idempotency_keys"):
            self.system.psql(f"set lock_timeout = 0; alter table {table} set tablespace {where}")

    def break_it(self):
        with open(self.folder + "/filler", "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        self.hold(2)

    def heal(self):
        if os.path.exists(self.folder + "/filler"):
            os.unlink(self.folder + "/filler")

    def finish(self):
        if self.is_ready:
            self.heal()
            self.move("pg_default")
            self.system.psql("drop tablespace small")
        self.unmount()

    def unmount(self):
        if os.path.ismount(self.folder):
            subprocess.run(["umount", "-l", self.folder], check=True)


KINDS = [KillDatabase, RestartDatabase, Terminate, Cancel, ConnectionLimit, Locks, Serialization, DiskFull]
