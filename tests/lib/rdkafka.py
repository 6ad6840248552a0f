"""What the fault tests do to a Kafka behind the services' backs, through librdkafka's own C interface by ctypes: raw records of any
bytes, transactions, deleted records, groups and topics. kcat, which the other tests use, can do none of these.
"""
import ctypes
import subprocess

_lib = ctypes.CDLL("librdkafka.so.1")
_COPY = 2  # RD_KAFKA_MSG_F_COPY
_PRODUCER = 0  # RD_KAFKA_PRODUCER
_CONSUMER = 1  # RD_KAFKA_CONSUMER
_TEXT_MAX = 512


def _declare(result, *names):
    for name in names:
        getattr(_lib, "rd_kafka_" + name).restype = result


_declare(ctypes.c_void_p, "conf_new", "new", "topic_new", "topic_partition_list_new", "queue_new", "queue_poll", "init_transactions",
         "begin_transaction", "commit_transaction", "abort_transaction", "DeleteRecords_new", "DeleteGroup_new", "DeleteTopic_new",
         "event_DeleteGroups_result", "DeleteGroups_result_groups", "group_result_error", "ConfigResource_new", "NewTopic_new")
_declare(ctypes.c_void_p, "topic_partition_list_add")
_declare(ctypes.c_char_p, "error_string", "event_error_string", "err2str")


def _pointer(value):
    return ctypes.c_void_p(value)


def _check(error):
    """A rd_kafka_error_t * is NULL where all is well."""
    if error:
        text = _lib.rd_kafka_error_string(_pointer(error)).decode()
        _lib.rd_kafka_error_destroy(_pointer(error))
        raise RuntimeError(text)


class _TopicPartition(ctypes.Structure):
    """rd_kafka_topic_partition_t as far as it is public"""
    _fields_ = [("topic", ctypes.c_char_p), ("partition", ctypes.c_int32), ("offset", ctypes.c_int64), ("metadata", ctypes.c_void_p),
                ("metadata_size", ctypes.c_size_t)]


def _start(kind, properties):
    conf = _lib.rd_kafka_conf_new()
    text = ctypes.create_string_buffer(_TEXT_MAX)
    for name, value in properties.items():
        if _lib.rd_kafka_conf_set(_pointer(conf), name.encode(), value.encode(), text, ctypes.c_size_t(_TEXT_MAX)) != 0:
            raise RuntimeError(text.value.decode())
    rk = _pointer(_lib.rd_kafka_new(kind, _pointer(conf), text, ctypes.c_size_t(_TEXT_MAX)))
    if not rk:
        raise RuntimeError(text.value.decode())
    return rk


def commit_offset(servers, group, topic, partition, offset, metadata):
    """Commit for a group from outside: an empty text when done. A group with members refuses."""
    rk = _start(_CONSUMER, {"bootstrap.servers": servers, "broker.address.family": "v4", "group.id": group})
    offsets = _pointer(_lib.rd_kafka_topic_partition_list_new(1))
    item = ctypes.cast(_lib.rd_kafka_topic_partition_list_add(offsets, topic.encode(), partition), ctypes.POINTER(_TopicPartition)).contents
    libc = ctypes.CDLL(None)
    libc.strdup.restype = ctypes.c_void_p
    item.offset = offset
    item.metadata = libc.strdup(metadata.encode())  # the list frees it
    item.metadata_size = len(metadata.encode())
    code = _lib.rd_kafka_commit(rk, offsets, 0)
    _lib.rd_kafka_topic_partition_list_destroy(offsets)
    _lib.rd_kafka_destroy(rk)
    return _lib.rd_kafka_err2str(code).decode() if code else ""


class Client:
    """A producer, which is what librdkafka's admin calls take too. with Client(servers, {"transactional.id": "x"}) as c: ..."""

    def __init__(self, servers, properties=None):
        defaults = {"bootstrap.servers": servers, "broker.address.family": "v4", "partitioner": "murmur2_random", "enable.idempotence": "true"}
        self.rk = _start(_PRODUCER, {**defaults, **(properties or {})})
        self.topics = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for topic in self.topics.values():
            _lib.rd_kafka_topic_destroy(topic)
        _lib.rd_kafka_destroy(self.rk)

    # ---- records ----

    def produce(self, topic, key, value, partition=-1):
        """Hand one record of any bytes over; flush waits until it is there."""
        if topic not in self.topics:
            self.topics[topic] = _pointer(_lib.rd_kafka_topic_new(self.rk, topic.encode(), None))
        if _lib.rd_kafka_produce(self.topics[topic], partition, _COPY, value, ctypes.c_size_t(len(value)), key, ctypes.c_size_t(len(key)), None):
            raise RuntimeError(_lib.rd_kafka_err2str(_lib.rd_kafka_last_error()).decode())

    def flush(self):
        if _lib.rd_kafka_flush(self.rk, 30000):
            raise RuntimeError("the records were not acknowledged within 30 s")

    def transactions(self):
        _check(_lib.rd_kafka_init_transactions(self.rk, 30000))

    def begin(self):
        _check(_lib.rd_kafka_begin_transaction(self.rk))

    def commit(self):
        _check(_lib.rd_kafka_commit_transaction(self.rk, 30000))

    def abort(self):
        _check(_lib.rd_kafka_abort_transaction(self.rk, 30000))

    # ---- administration ----

    def _ask(self, call, item, judge=None):
        """One admin request with one item, to its answer; an empty text, or what was wrong."""
        queue = _pointer(_lib.rd_kafka_queue_new(self.rk))
        call(self.rk, (ctypes.c_void_p * 1)(item), ctypes.c_size_t(1), None, queue)
        event = _pointer(_lib.rd_kafka_queue_poll(queue, 30000))
        if not event:
            raise RuntimeError("no answer within 30 s")
        wrong = _lib.rd_kafka_event_error_string(event).decode() if _lib.rd_kafka_event_error(event) else ""
        if not wrong and judge:
            wrong = judge(event)
        _lib.rd_kafka_event_destroy(event)
        _lib.rd_kafka_queue_destroy(queue)
        return wrong

    def delete_records(self, topic, partition, before):
        """The log of the partition begins at `before` from now on, as after its time of keeping has run out."""
        offsets = _pointer(_lib.rd_kafka_topic_partition_list_new(1))
        _lib.rd_kafka_topic_partition_list_add(offsets, topic.encode(), partition)
        _lib.rd_kafka_topic_partition_list_set_offset(offsets, topic.encode(), partition, ctypes.c_int64(before))
        item = _lib.rd_kafka_DeleteRecords_new(offsets)
        _lib.rd_kafka_topic_partition_list_destroy(offsets)
        wrong = self._ask(_lib.rd_kafka_DeleteRecords, item)
        if wrong:
            raise RuntimeError(wrong)

    def delete_group(self, group):
        """Try to delete a group's offsets: an empty text when done. A group with members (a static one stays until its session is out of
        time) is refused."""
        def judge(event):
            count = ctypes.c_size_t()
            groups = _lib.rd_kafka_DeleteGroups_result_groups(_pointer(_lib.rd_kafka_event_DeleteGroups_result(event)), ctypes.byref(count))
            result = ctypes.cast(groups, ctypes.POINTER(ctypes.c_void_p))[0]
            error = _lib.rd_kafka_group_result_error(_pointer(result))  # belongs to the result
            return _lib.rd_kafka_error_string(_pointer(error)).decode() if error else ""
        return self._ask(_lib.rd_kafka_DeleteGroups, _lib.rd_kafka_DeleteGroup_new(group.encode()), judge)

    def alter_topic(self, topic, config):
        """The topic has these settings of its own from now on, and no other."""
        item = _lib.rd_kafka_ConfigResource_new(2, topic.encode())  # RD_KAFKA_RESOURCE_TOPIC
        for name, value in config.items():
            if _lib.rd_kafka_ConfigResource_set_config(_pointer(item), name.encode(), value.encode()):
                raise RuntimeError(f"{name}: refused")
        wrong = self._ask(_lib.rd_kafka_AlterConfigs, item)
        if wrong:
            raise RuntimeError(wrong)

    def create_topic(self, topic, partitions):
        text = ctypes.create_string_buffer(_TEXT_MAX)
        item = _lib.rd_kafka_NewTopic_new(topic.encode(), partitions, 1, text, ctypes.c_size_t(_TEXT_MAX))
        wrong = self._ask(_lib.rd_kafka_CreateTopics, item) if item else text.value.decode()
        if wrong:
            raise RuntimeError(wrong)

    def delete_topic(self, topic):
        wrong = self._ask(_lib.rd_kafka_DeleteTopics, _lib.rd_kafka_DeleteTopic_new(topic.encode()))
        if wrong:
            raise RuntimeError(wrong)


def read_raw(servers, topic, partition):
    """All records of a partition as (offset, key, value): bytes as they are."""
    done = subprocess.run(["kcat", "-b", servers, "-C", "-q", "-e", "-t", topic, "-p", str(partition), "-o", "beginning", "-f", "%o %K %S %k%s"],
                          capture_output=True, check=True, timeout=60).stdout
    records, at = [], 0
    while at < len(done):
        offset, key_len, value_len, _ = done[at:at + 80].split(b" ", 3)
        at += len(offset) + len(key_len) + len(value_len) + 3
        middle = at + int(key_len)
        end = middle + int(value_len)
        records.append((int(offset), done[at:middle], done[middle:end]))
        at = end
    return records
