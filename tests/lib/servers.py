"""A Kafka and a PostgreSQL of a test's own, which it may kill: started through deploy/lib/servers.sh, in a folder of their own."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile

from installation import ROOT, wait_for


class Servers:
    """with Servers() as s: ... — the environment of this process points at them from then on."""

    def __init__(self, delete_delay_ms=None):
        """delete_delay_ms: how long Kafka keeps the files of what was deleted."""
        self.delete_delay_ms = delete_delay_ms
        self.home = tempfile.mkdtemp(prefix="lagesbild-servers-")
        os.chmod(self.home, 0o755)  # PostgreSQL's user must be able to pass through
        self.kafka_port, self.postgres_port = self._bash("port_free; port_free").split()

    def _bash(self, script, timeout=180):
        """A script with servers.sh's functions; its output. The folder stays out of the caller's own."""
        home = {"LAGESBILD_HOME": self.home, "POSTGRES_BUFFERS_MB": "128", **({"DELETE_DELAY_MS": str(self.delete_delay_ms)} if self.delete_delay_ms else {})}
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "KAFKA_"))}
        done = subprocess.run(["bash", "-c", f'set -eu\n. "{ROOT}/deploy/lib/servers.sh"\n{script}'], env={**env, **home}, text=True,
                              stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=timeout, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{script}: exit {done.returncode}\n{done.stdout}")
        return done.stdout

    def start_kafka(self):
        self._bash(f'kafka_start "{self.home}/kafka" {self.kafka_port} && kafka_wait {self.kafka_port}')

    def start_postgres(self):
        self._bash(f'postgres_start "{self.home}/postgres" {self.postgres_port} && postgres_wait "{self.home}/postgres" {self.postgres_port}')

    def kill(self, name):
        """kill -9 of the server's first process ("kafka" or "postgres"), and wait until it is gone."""
        with open(os.path.join(self.home, "run", f"{name}.pid"), encoding="ascii") as f:
            pid = int(f.read().split()[0])
        os.kill(pid, signal.SIGKILL)
        wait_for(f"{name} is gone", lambda: self._gone(pid) and not self._answers(name), 30)

    def _answers(self, name):
        """A killed process of many threads may be listed as ended while its port is still open."""
        try:
            socket.create_connection(("127.0.0.1", int(self.kafka_port if name == "kafka" else self.postgres_port)), 1).close()
        except OSError:
            return False
        return True

    @staticmethod
    def _gone(pid):
        """No process, or one that is only still listed."""
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
                return f.read().rsplit(")", 1)[1].split()[0] == "Z"
        except FileNotFoundError:
            return True

    def __enter__(self):
        try:
            self.start_postgres()
            self.start_kafka()
        except BaseException:
            self.close()
            raise
        os.environ.update(KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{self.kafka_port}", PGHOST="127.0.0.1", PGPORT=self.postgres_port,
                          PGUSER="lagesbild", PGDATABASE="lagesbild", PGPASSFILE=f"{self.home}/postgres/pgpass", LAGESBILD_REPLICATION="1")
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._bash(f'kafka_stop || true; postgres_stop || true; postgres_remove "{self.home}/postgres"')
        shutil.rmtree(self.home, ignore_errors=True)
