"""doctor: a healthy installation gives no finding; each incident, made for real, gives exactly its own, and none once it is mended."""
import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time

from faults import AGGREGATOR, say
from incidents import Writer
from installation import ROOT, Installation, wait_for
from rdkafka import Client, commit_offset

FEED = {"message.timestamp.type": "LogAppendTime", "retention.ms": "34560000000", "max.message.bytes": "1048576", "cleanup.policy": "delete"}
NOWHERE = "127.0.0.1:1"


def quiet(i):
    """Nothing is wrong from the beginning: keys closed to others, no source connected yet."""
    for key in ("key", "operator_key"):
        os.chmod(os.path.join(i.dir, key), 0o600)
    pack = os.path.join(i.dir, "pack")
    shutil.copytree(os.path.join(ROOT, "deploy", "kumla"), pack)
    with open(os.path.join(pack, "delivery.csv"), "w", encoding="utf-8") as f:
        f.write("source,kind,from,complete_after_days\n")
        for source in ("press", "police", "rescue", "housing", "citizen", "staff"):
            f.write(f"{source},events,2090-01,0\n")
        f.write("social,counts,2090-01,0\n")
    i.env["LAGESBILD_PACK"] = pack
    i.run("lagesbild", "setup")


class Doctor:
    def __init__(self, i):
        self.i, self.wrong, self.seen = i, [], 0

    def ask(self, *args, **env):
        done = self.i.run("lagesbild", "doctor", "--json", *args, check=False, env=env)
        try:
            return done.returncode, json.loads(done.stdout)
        except ValueError as e:
            raise AssertionError(f"no JSON: {done.stdout} {done.stderr}") from e

    def healthy(self, when):
        status, said = self.ask()
        if status or said["findings"]:
            self.wrong.append(f"{when}: {status} {said['findings']}")

    def expect(self, name, check, *words, level="wrong", args=(), **env):
        """Exactly one finding, of this check, with these words in its sentence or in what to do."""
        status, said = self.ask(*args, **env)
        found = [(f["check"], f["level"]) for f in said["findings"]]
        text = " ".join(f["what"] + ": " + f["do"] for f in said["findings"])
        self.seen += 1
        if found != [(check, level)] or status != (1 if level == "wrong" else 0) or not all(word in text for word in words):
            self.wrong.append(f"{name}: exit {status}, not one of {check} with {words}: {said['findings']}")
        say(f"  {name}: {text}")


# ---- configuration ----

def configuration(d, i):
    key = i.env["LAGESBILD_KEY_FILE"]
    os.chmod(key, 0o644)
    d.expect("a key that everybody can read", "secrets", "mode 644", f"chmod o= {key}")
    os.chmod(key, 0o600)
    d.expect("a key's file that is gone", "secrets", "LAGESBILD_OPERATOR_KEY_FILE", "No such file", LAGESBILD_OPERATOR_KEY_FILE="/nowhere/key")
    d.expect("a misspelt variable", "variables", "LAGESBILD_TOPIC_PREFFIX", LAGESBILD_TOPIC_PREFFIX="x")
    d.expect("another installation's key", "key", "counted twice", LAGESBILD_KEY=secrets.token_hex(32), LAGESBILD_KEY_FILE="")
    certificate = os.path.join(i.dir, "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-out", certificate, "-days", "10", "-subj", "/CN=x"],
                   check=True, capture_output=True)
    d.expect("a certificate that runs out", "certificates", certificate, "runs out", level="warning", PGSSLCERT=certificate)
    with open(certificate, "w", encoding="ascii") as f:
        f.write("none\n")
    d.expect("a certificate that is none", "certificates", "no certificate", PGSSLCERT=certificate)


def files(d, i):
    schemas = os.path.join(i.dir, "schemas")
    shutil.copytree(os.path.join(ROOT, "schemas"), schemas)
    mapping = os.path.join(schemas, "mappings", "staff.csv")
    with open(mapping, "a", encoding="utf-8") as f:
        f.write("snatteri,THF.GEN\n")
    d.expect("a mapping row that the build lacks", "rules", "snatteri", "lagesbild rebuild", level="warning", LAGESBILD_SCHEMAS=schemas)
    with open(mapping, "a", encoding="utf-8") as f:
        f.write("cykelstöld,NO.SUCH\n")
    d.expect("a mapping with a category that is none", "files", "staff.csv", "27", LAGESBILD_SCHEMAS=schemas)


# ---- Kafka ----

def kafka(d, i):
    servers, topic = i.env["KAFKA_BOOTSTRAP_SERVERS"], i.prefix + "feed.staff"
    with Client(servers) as admin:
        admin.alter_topic(topic, {**FEED, "retention.ms": "604800000"})
        d.expect("a feed that is kept for a week", "topics", "retention.ms=604800000", f"--entity-name {topic} --add-config retention.ms=34560000000")
        admin.alter_topic(topic, FEED)
        commit_offset(servers, i.prefix + "normalizer-staff", topic, 0, 99, "1,99,1")
        d.expect("a group beyond its topic's end", "groups", "offset 99", "made anew", "--delete-offsets")
        commit_offset(servers, i.prefix + "normalizer-staff", topic, 0, 0, "1,0,1")
        for n in range(3):
            i.kcat("feed.staff", "-P", "-p", "0", "-c", "1", i.env["LAGESBILD_KEY_FILE"])
        time.sleep(1.1)
        d.expect("a normalizer that is not there", "groups", "unread since", "start normalizer-staff", args=("--patience", "1"))
        admin.delete_records(topic, 0, 2)
        d.expect("a log that begins behind the group", "groups", "begins at 2", "lost")
        commit_offset(servers, i.prefix + "normalizer-staff", topic, 0, 3, "1,3,1")


# ---- PostgreSQL ----

@contextlib.contextmanager
def session(i, sql):
    """psql that has run this and waits."""
    with subprocess.Popen(["psql", "-qXAt"], env=i.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as psql:
        psql.stdin.write(f"{sql}\n")
        psql.stdin.flush()
        try:
            yield psql
        finally:
            psql.kill()


def waiting(i, what, count=1):
    sql = f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {what} AND query_start < now() - interval '1.2 s'"
    wait_for(what, lambda: i.value(sql) == str(count))


def database(d, i):
    i.psql("REVOKE UPDATE ON lagesbild_store.cell FROM lagesbild_writer")
    d.expect("a role without a right", "roles", "lagesbild_writer lacks UPDATE", "GRANT UPDATE ON lagesbild_store.cell TO lagesbild_writer;")
    i.psql("GRANT UPDATE ON lagesbild_store.cell TO lagesbild_writer")
    i.psql("GRANT SELECT ON lagesbild.month_cell TO lagesbild_public")
    d.expect("a role with too much", "roles", "must not", "REVOKE SELECT ON lagesbild.month_cell FROM lagesbild_public;")
    i.psql("REVOKE SELECT ON lagesbild.month_cell FROM lagesbild_public")
    i.psql("UPDATE lagesbild_store.schema_file SET hash = 'x' || hash WHERE name = '002_views.sql'")
    d.expect("an edited schema file", "schema", "002_views.sql", "not what was applied")
    i.psql("UPDATE lagesbild_store.schema_file SET hash = substr(hash, 2) WHERE name = '002_views.sql'")
    i.psql("CREATE TABLE lagesbild_store.ledger_77 (n integer)")
    d.expect("a table that is left over", "tables", "ledger_77", "DROP TABLE lagesbild_store.ledger_77;", level="warning")
    i.psql("DROP TABLE lagesbild_store.ledger_77")
    i.psql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'lagesbild_store.cell_1_pkey'::regclass")
    d.expect("an index that is not valid", "indexes", "cell_1_pkey", "REINDEX INDEX CONCURRENTLY")
    i.psql("REINDEX INDEX lagesbild_store.cell_1_pkey")
    i.psql("INSERT INTO lagesbild_store.setting VALUES ('backup_at', (now() - interval '9 days')::text), ('backup_dir', '/srv/backup')")
    d.expect("an old backup", "backup", "216 hours", "lagesbild backup /srv/backup")
    i.psql("UPDATE lagesbild_store.setting SET value = now()::text WHERE name = 'backup_at'")
    d.healthy("after PostgreSQL's incidents")


def sessions(d, i):
    with session(i, "BEGIN; LOCK TABLE lagesbild_store.mapping IN SHARE MODE;"):
        waiting(i, "state = 'idle in transaction'")
        d.expect("a transaction that stays open", "sessions", "open for", "pg_terminate_backend", level="warning", args=("--patience", "1"))
        d.healthy("a short transaction")
        with session(i, "UPDATE lagesbild_store.mapping SET source_type = source_type;"):
            waiting(i, "wait_event_type = 'Lock'")
            _, said = d.ask("--patience", "1")
            levels = sorted((f["check"], f["level"]) for f in said["findings"])
            d.seen += 1
            if levels != [("sessions", "warning"), ("sessions", "wrong")]:
                d.wrong.append(f"a lock that is waited for: {said['findings']}")
    wait_for("the sessions have ended", lambda: i.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()") == "1")


# ---- figures ----

def figures(d, i):
    w = Writer(i)
    w.write("police", "one", "2026-03-02")
    i.psql("UPDATE lagesbild_store.position SET updated_at = now() - interval '1 minute'")
    wait_for("it has lain for longer than that", lambda: d.ask("--patience", "2")[0] != 0)
    d.expect("an aggregator that is not there", "positions", "has not taken in", "start the aggregator", args=("--patience", "2"))
    i.start(AGGREGATOR)
    w.told()
    d.healthy("an aggregator that has caught up")
    i.psql("UPDATE lagesbild_store.delivery_plan SET from_month = '2024-01-01' WHERE source = (SELECT id FROM lagesbild_store.source WHERE name = 'rescue')")
    d.expect("a source that is silent", "silent", "rescue has sent nothing", level="warning")
    i.psql("UPDATE lagesbild_store.delivery_plan SET from_month = '2090-01-01'")
    w.write("police", "two", "2026-03-03", operation="reject", reason="bad-value", detail="The field is none.")
    w.told()
    d.expect("a dead letter", "deadletters", "1 messages", "bad-value", "lagesbild deadletters list", level="warning")
    i.psql("UPDATE lagesbild_store.reject SET state = 'dropped'")
    i.run("lagesbild", "publish", "2026-03", "--draft")
    i.psql("SELECT lagesbild_desk.document_want(1, 'intern.pdf', false); UPDATE lagesbild_desk.document SET wanted_at = now() - interval '1 hour'")
    d.expect("a document that nobody makes", "documents", "intern.pdf of edition 1 has waited", "printer", level="warning")
    i.psql("SELECT lagesbild_desk.document_put(1, 'intern.pdf', 1, '')")
    w.sequence["police"] += 2
    w.write("police", "three", "2026-03-04")
    w.told()
    d.expect("two messages that are lost", "gaps", "2 messages", "feed.police partition 0", "between offsets 1 and 4", "lagesbild replay")
    w.sequence["police"] -= 3
    for name in ("late", "later"):
        w.write("police", name, "2026-03-04")
    w.told()
    d.healthy("the lost ones have come")
    w.sequence["police"] += 1
    w.sender.send(b"\xc3\x01none of ours", topic="incidents")
    w.sent += 1
    wait_for("it has been passed over", lambda: i.value("SELECT sum(unreadable) FROM lagesbild_store.position") == "1")
    d.expect("a stranger on incidents", "chains", "none of ours")
    i.psql("UPDATE lagesbild_store.position SET unreadable = 0")
    i.psql("UPDATE lagesbild_store.chain SET duplicate = duplicate - 1")
    d.expect("a balance that does not add up", "chains", "is 1 more than what became of it")
    i.psql("UPDATE lagesbild_store.chain SET duplicate = duplicate + 1")
    w.write("police", "four", "2027-12-31 12:00")
    w.told()
    d.expect("a broker whose clock is ahead", "clock", "2027-12-31", "still to come")
    i.psql("UPDATE lagesbild_store.chain SET last_at = 0")
    d.healthy("after the figures' incidents")


def servers_away(d):
    for name, env, away, there in (("Kafka", {"KAFKA_BOOTSTRAP_SERVERS": NOWHERE}, "kafka_away", "database_away"),
                                   ("PostgreSQL", {"PGPORT": "1"}, "database_away", "kafka_away")):
        status, said = d.ask(**env)
        d.seen += 1
        if status != 3 or not said[away] or said[there] or len(said["findings"]) != 1 or name not in said["findings"][0]["what"]:
            d.wrong.append(f"{name} is away: {status} {said}")
    i = d.i
    text = i.run("lagesbild", "doctor", check=False, env={"PGPORT": "1"}).stdout
    if "every topic is as setup makes it" not in text or "ok   every feed is read" not in text:
        d.wrong.append(f"without PostgreSQL, Kafka was not looked at: {text}")


def main():
    with Installation("doctor", setup=False) as i:
        quiet(i)
        d = Doctor(i)
        text = i.run("lagesbild", "doctor").stdout
        assert "all well: 0 wrong, 0 warnings" in text, text
        for step in (configuration, files, kafka, database, sessions, figures):
            d.healthy(f"before {step.__name__}")
            step(d, i)
        servers_away(d)
        d.healthy("at the end")
        assert i.run("lagesbild", "doctor", "--patience", "x", check=False).returncode == 2
    with Installation("doctor_empty", setup=False) as empty:
        status, said = Doctor(empty).ask(LAGESBILD_TOPIC_PREFIX=empty.prefix)
        assert status == 1 and any(f["do"].startswith("run lagesbild setup") for f in said["findings"]), said
    if d.wrong:
        sys.exit("\n".join(d.wrong))
    say(f"{d.seen} incidents, each with exactly its finding")


if __name__ == "__main__":
    main()
