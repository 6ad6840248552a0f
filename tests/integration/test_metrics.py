"""What a monitor sees: counters that equal the balance, readiness that follows Kafka and PostgreSQL, a taken port that stops the start.

On servers of its own, because it kills them.
"""
import os
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request

from faults import balance, say, write_slice
from installation import Installation, wait_for
from servers import Servers

os.environ.setdefault("LAGESBILD_REPLICATION", "1")
NORMALIZER, AGGREGATOR = "normalizer-press", "aggregator"
SAMPLE_LINE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(\w+)="((?:[^"\\\n]|\\.)*)"\})? (\S+)$')


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def get(port, path):
    """(status, text); status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()
    except OSError as e:
        return 0, str(e)


def scrape(port):
    """{name: {label's value or None: number}}; a line that is none of the format is an error."""
    status, text = get(port, "/metrics")
    assert status == 200, (status, text)
    series = {}
    for line in text.splitlines():
        if not line.startswith("# "):
            m = SAMPLE_LINE.match(line)
            assert m, f"not in the text format: {line}"
            series.setdefault(m[1], {})[m[3]] = float(m[4])
    return series


def total(series, name):
    return int(sum(series.get(name, {}).values()))


def lint(port, name):
    """Prometheus's own check of names, help and units, where it is installed."""
    if not shutil.which("promtool"):
        say("  promtool is not installed: the text is only parsed here")
        return
    done = subprocess.run(["promtool", "check", "metrics"], input=get(port, "/metrics")[1], text=True, capture_output=True, check=False)
    assert done.returncode == 0 and not done.stdout + done.stderr, f"{name}: {done.returncode}\n{done.stdout}{done.stderr}"
    say(f"  promtool check metrics: {name} is clean")


def start(i, name, ports):
    i.start(name, env={"LAGESBILD_HTTP_PORT": str(ports[name])})


def wait_ready(ports, name, status, words="", seconds=60):
    def as_asked():
        got = get(ports[name], "/readyz")
        return got if got[0] == status and words in got[1] else None
    text = wait_for(f"{name} /readyz {status} {words}", as_asked, seconds)[1]
    say(f"  {name} /readyz {status}: {text.strip()}")


def counters_equal_the_balance(i, ports):
    path = write_slice(i, 1500)
    i.collect(path)
    i.collect(path)  # all duplicates
    i.produce(b'{"id": 1', key="1")  # syntax
    i.produce(b'{"id": 2}', key="2")  # missing-field
    i.produce('{"id": 3, "datetime": "2026-05-26 19:04:45 +02:00", "name": "26 maj 17.40, Ufo, Kumla", "type": "Ufo", '
              '"location": {"name": "Kumla"}}'.encode(), key="3")
    i.produce(b'{"id": 4', key="4", headers=(("lagesbild-revision", "1"),))  # syntax, and a header without signature
    i.verify()
    b = balance(i)
    wait_for("the normalizer's counters", lambda: total(scrape(ports[NORMALIZER]), "lagesbild_messages_total") == b["received"], 20)
    n, a = scrape(ports[NORMALIZER]), scrape(ports[AGGREGATOR])
    assert b["received"] == 3004 and b["rejected"] == 3 and b["redelivered"] == 0, b
    assert total(n, "lagesbild_chain_sequence") == b["received"], n
    assert total(n, "lagesbild_rejected_total") == b["rejected"], n
    reasons = dict(i.psql("SELECT reason, count(*) FROM lagesbild.dead_letter GROUP BY 1"))
    shown = {k: str(int(v)) for k, v in n["lagesbild_rejected_total"].items() if v}
    assert shown == reasons == {"syntax": "2", "missing-field": "1"}, (shown, reasons)
    ends = dict(i.psql('SELECT partition, max(last_offset) FROM lagesbild.balance GROUP BY 1'))
    assert {k: str(int(v)) for k, v in n["lagesbild_chain_offset"].items() if v >= 0} == ends, (n["lagesbild_chain_offset"], ends)
    unknown = int(i.value("SELECT count(*) FROM lagesbild_store.ledger WHERE type = 0 AND state <> 'r'"))
    assert total(n, "lagesbild_unmapped_total") >= unknown >= 1, (n["lagesbild_unmapped_total"], unknown)
    assert total(n, "lagesbild_unsigned_headers_total") == 1, n
    assert total(a, "lagesbild_records_total") == b["received"] == int(a["lagesbild_batch_records_sum"][None]), a
    assert a["lagesbild_batch_records_count"] == a["lagesbild_transaction_seconds_count"], a
    assert 1 <= total(a, "lagesbild_transactions_total") == int(a["lagesbild_batch_records_count"][None]), a
    # What source_health sums up has each accepted message once.
    taken_in = int(i.value("SELECT sum(n) FROM lagesbild_store.intake WHERE measure = 0"))
    assert taken_in == b["upserted"] + b["duplicate"] + b["superseded"], (taken_in, b)
    for s in (n, a):
        wait_for("no lag", lambda p=ports[NORMALIZER if s is n else AGGREGATOR]: total(scrape(p), "lagesbild_lag_messages") == 0, 20)
        assert len(s["lagesbild_lag_messages"]) == i.partitions, s
        assert s["lagesbild_sessions_total"][None] == 1 and s["lagesbild_ready"][None] == 1, s
        assert 5e6 < s["process_resident_memory_bytes"][None] < 4e9, s
    assert total(a, "lagesbild_lost_messages") == total(a, "lagesbild_unreadable_total") == total(a, "lagesbild_constraint_rejects_total") == 0
    say(f"  messages, rejects and chain ends equal the balance: {b}")


def a_restart_counts_anew(i, ports):
    """A stopped service answers nobody; a started one counts what it takes in itself, from 0."""
    i.stop(AGGREGATOR)
    assert get(ports[AGGREGATOR], "/livez")[0] == 0
    i.collect(write_slice(i, 500, skip=1500, name="more.ndjson"))
    start(i, AGGREGATOR, ports)
    wait_ready(ports, AGGREGATOR, 200)
    i.verify()
    wait_for("500 records", lambda: total(scrape(ports[AGGREGATOR]), "lagesbild_records_total") == 500, 20)


def readiness_follows_the_servers(i, servers, ports):
    servers.kill("kafka")
    for name in (NORMALIZER, AGGREGATOR):
        wait_ready(ports, name, 503, "no Kafka broker answers")
        assert get(ports[name], "/livez")[0] == 200
        assert scrape(ports[name])["lagesbild_ready"][None] == 0
    servers.start_kafka()
    for name in (NORMALIZER, AGGREGATOR):
        wait_ready(ports, name, 200, seconds=120)
    servers.kill("postgres")
    i.collect(write_slice(i, 50, skip=2000, name="last.ndjson"))
    wait_ready(ports, AGGREGATOR, 503, "the database is away")
    assert get(ports[AGGREGATOR], "/livez")[0] == 200
    servers.start_postgres()
    wait_ready(ports, AGGREGATOR, 200, seconds=120)
    assert total(scrape(ports[AGGREGATOR]), "lagesbild_database_retries_total") == 1
    i.verify()


def a_taken_port_stops_the_start(i, ports):
    for program in (NORMALIZER, AGGREGATOR):
        done = i.run(program, check=False, env={"LAGESBILD_HTTP_PORT": str(ports[NORMALIZER])})
        assert done.returncode == 2, done
        assert "Address already in use" in done.stderr and str(ports[NORMALIZER]) in done.stderr, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert i.run(program, check=False, env={"LAGESBILD_HTTP_PORT": "65536"}).returncode == 2
    # A replay runs beside the service in the same environment.
    done = i.run(NORMALIZER, "--replay", "0:0-3", env={"LAGESBILD_HTTP_PORT": str(ports[NORMALIZER])})
    say("  a taken port: exit 2; a replay does not want it")


def main():
    with Servers() as servers, Installation("metrics") as i:
        ports = {NORMALIZER: free_port(), AGGREGATOR: free_port()}
        start(i, NORMALIZER, ports)
        start(i, AGGREGATOR, ports)
        for name in (NORMALIZER, AGGREGATOR):
            wait_ready(ports, name, 200)
        counters_equal_the_balance(i, ports)
        for name in (NORMALIZER, AGGREGATOR):
            lint(ports[name], name)
        a_restart_counts_anew(i, ports)
        readiness_follows_the_servers(i, servers, ports)
        a_taken_port_stops_the_start(i, ports)
        i.stop(NORMALIZER)
        i.stop(AGGREGATOR)
    say("ok")


if __name__ == "__main__":
    main()
