"""What is wrong with configuration or surroundings is said in one clear sentence on stderr, with the exit status of the contracts:
2 configuration, 3 a server that cannot be reached (commands; services retry), 0 asked to stop.
"""
import concurrent.futures
import re
import secrets
import subprocess
import sys

from faults import say
from installation import Installation, wait_for
from messages import Sender

NORMALIZER, AGGREGATOR, COLLECTOR, OPERATOR = "normalizer-press", "aggregator", "collector", "lagesbild"
COLLECT = (COLLECTOR, "--source", "press", "--archive", "/dev/null")
PROGRAMS = ((NORMALIZER,), (AGGREGATOR,), COLLECT, (OPERATOR, "verify"))
COMMANDS = (COLLECT, (OPERATOR, "verify"), (OPERATOR, "status"), (OPERATOR, "setup"))
NOWHERE = "127.0.0.1:1"
DATABASE = (AGGREGATOR,), (OPERATOR, "verify"), (OPERATOR, "status"), (OPERATOR, "setup")


def failures(text):
    """The lines that tell of the failure: a service's log at level failure, a command's plain line."""
    lines = [line for line in text.splitlines() if line.strip()]
    return [line for line in lines if "level=failure" in line or not re.match(r"time=\S+ level=\w+ ", line)]


def wrong(name, command, status, words, done):
    """What is not as it should be, as sentences."""
    told = failures(done.stderr)
    title = f"{name}: {' '.join(command)}"
    if done.returncode != status:
        yield f"{title}: exit status {done.returncode}, not {status}: {done.stderr.strip()[-300:]}"
    elif len(told) != 1:
        yield f"{title}: {len(told)} lines tell of it, not one: {told}"
    elif not all(word in told[0] for word in words):
        yield f"{title}: the sentence lacks one of {words}: {told[0]}"


class Cases:
    """Programs that must fail, run side by side: most of them wait for a server's time-out."""

    def __init__(self, i):
        self.i, self.cases = i, []

    def add(self, name, commands, status, words, without=(), i=None, **env):
        for command in commands:
            self.cases.append((name, command, status, words, without, i or self.i, env))

    def run_one(self, case):
        name, command, status, words, without, i, env = case
        full = {key: value for key, value in {**i.env, **env}.items() if key not in without}
        try:
            done = subprocess.run([i.program(command[0]), *command[1:]], env=full, text=True, capture_output=True, timeout=60, check=False,
                                  stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired as e:
            return [f"{name}: {' '.join(command)} has not ended within a minute: {(e.stderr or b'').decode()[-300:]}"]
        return list(wrong(name, command, status, words, done))

    def run(self):
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            found = [sentence for sentences in pool.map(self.run_one, self.cases) for sentence in sentences]
        say(f"{len(self.cases)} failures, {len(found)} not as the contracts say")
        return found


# ---- configuration ----

def variables(cases):
    cases.add("an unknown variable", PROGRAMS, 2, ["LAGESBILD_TOPIC_PREFFIX"], LAGESBILD_TOPIC_PREFFIX="x")
    cases.add("a number that is none", [(AGGREGATOR,)], 2, ["LAGESBILD_BATCH_MAX"], LAGESBILD_BATCH_MAX="many")
    cases.add("a number out of range", [(OPERATOR, "setup")], 2, ["LAGESBILD_PARTITIONS"], LAGESBILD_PARTITIONS="0")
    cases.add("an unknown Kafka property", PROGRAMS, 2, ["linger.mss"], KAFKA_LINGER_MSS="5")
    cases.add("a Kafka property's wrong value", PROGRAMS, 2, ["security.protocol"], KAFKA_SECURITY_PROTOCOL="carrier-pigeon")
    cases.add("no bootstrap servers", PROGRAMS, 2, ["KAFKA_BOOTSTRAP_SERVERS"], without=["KAFKA_BOOTSTRAP_SERVERS"])
    cases.add("no schemas", ((NORMALIZER,), (OPERATOR, "setup")), 2, ["/nowhere"], LAGESBILD_SCHEMAS="/nowhere")
    cases.add("no pack", ((NORMALIZER,), (OPERATOR, "setup")), 2, ["/nowhere"], LAGESBILD_PACK="/nowhere")


def keys(cases):
    keyed = ((NORMALIZER,), (OPERATOR, "setup"))
    cases.add("no installation key", keyed, 2, ["LAGESBILD_KEY"], without=["LAGESBILD_KEY_FILE"])
    cases.add("a key's file that is not there", keyed, 2, ["/nowhere/key", "LAGESBILD_KEY"], LAGESBILD_KEY_FILE="/nowhere/key")
    cases.add("a key that is too short", keyed, 2, ["64 hexadecimal digits"], without=["LAGESBILD_KEY_FILE"], LAGESBILD_KEY="abcdef")
    cases.add("both key and file", keyed, 2, ["LAGESBILD_KEY"], LAGESBILD_KEY="0" * 64)
    cases.add("another installation's key", [(OPERATOR, "setup")], 2, ["another installation key"], without=["LAGESBILD_KEY_FILE"],
              LAGESBILD_KEY=secrets.token_hex(32))
    cases.add("no operator key", [COLLECT], 2, ["LAGESBILD_OPERATOR_KEY"], without=["LAGESBILD_OPERATOR_KEY_FILE"])


# ---- servers ----

def servers(cases):
    cases.add("a broker that does not answer", COMMANDS, 3, ["Kafka"], KAFKA_BOOTSTRAP_SERVERS=NOWHERE)
    cases.add("a PostgreSQL that does not answer", DATABASE[1:], 3, ["PostgreSQL"], PGPORT="1")
    cases.add("a wrong password", DATABASE, 2, ["password"], PGPASSWORD="wrong-" + secrets.token_hex(4))
    cases.add("no such database", DATABASE, 2, ["nowhere_at_all"], PGDATABASE="nowhere_at_all")
    cases.add("no such topics", ((NORMALIZER,), (AGGREGATOR,), COLLECT, (OPERATOR, "verify")), 2, ["nosuch."], LAGESBILD_TOPIC_PREFIX="nosuch.")


def empty_database(cases, empty):
    """Topics are there, tables are not."""
    cases.add("an empty database", DATABASE[:3], 2, ["lagesbild setup"], i=empty, LAGESBILD_TOPIC_PREFIX=cases.i.prefix)


# Topic, partitions, configuration that somebody else has given it, and the words that must stand in setup's sentence.
RIGHT = {"message.timestamp.type": "LogAppendTime", "retention.ms": "34560000000", "max.message.bytes": "1048576", "cleanup.policy": "delete"}
STRANGE = (("feed.press", 3, RIGHT, ["feed.press", "3 partitions", "4"]),
           ("feed.staff", 4, {**RIGHT, "retention.ms": "604800000"}, ["feed.staff", "retention.ms=604800000"]),
           ("feed.rescue", 4, {**RIGHT, "message.timestamp.type": "CreateTime"}, ["feed.rescue", "message.timestamp.type=CreateTime"]),
           ("incidents", 4, {**RIGHT, "cleanup.policy": "compact"}, ["incidents", "cleanup.policy=compact"]),
           ("deadletters", 2, RIGHT, ["deadletters", "2 partitions"]))


def strange_topics(cases, i):
    """Each in a prefix of its own: setup refuses a topic that differs, and does not touch it."""
    for n, (topic, partitions, config, words) in enumerate(STRANGE):
        with Sender(i) as sender:
            sender.create_topic(f"s{n}.{topic}", partitions, config)
        cases.add(f"topic {topic} differs", [(OPERATOR, "setup")], 2, words, LAGESBILD_TOPIC_PREFIX=f"{i.prefix}s{n}.")
    with Sender(i) as sender:
        sender.create_topic("few.incidents", 2, RIGHT)
        sender.create_topic("few.feed.press", 3, RIGHT)
    cases.add("incidents has fewer partitions than the feed", [(NORMALIZER,)], 2, ["few.incidents", "only 2"], LAGESBILD_TOPIC_PREFIX=i.prefix + "few.")
    cases.add("more partitions than there are", [(OPERATOR, "setup")], 2, ["has 4 partitions, but 5"], LAGESBILD_PARTITIONS="5")


def services_retry(i):
    """A service without its server goes on trying, says so, and stops when it is asked to."""
    i.start("lonely-a", AGGREGATOR, env={"PGPORT": "1"})
    i.start("lonely-n", NORMALIZER, env={"KAFKA_BOOTSTRAP_SERVERS": NOWHERE})
    for name in ("lonely-a", "lonely-n"):
        wait_for(f"{name} tells that it cannot reach its server", lambda n=name: "level=failure" in i.log(n) and "session-ended" in i.log(n), 30)
        assert i.processes[name].poll() is None, f"{name} has ended"
    for name in ("lonely-a", "lonely-n"):
        i.stop(name)
    say("services try again, and stop when they are asked to")


def main():
    with Installation("config") as i, Installation("empty", setup=False) as empty:
        cases = Cases(i)
        for add in (variables, keys, servers):
            add(cases)
        empty_database(cases, empty)
        strange_topics(cases, i)
        found = cases.run()
        services_retry(i)
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
