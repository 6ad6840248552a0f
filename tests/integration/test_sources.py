"""Sources beside press, through the real normalizers and aggregator: what counts, what does not, and that nothing a person wrote passes on.

Responses of the rescue service with reinforcements, automatic alarms and late corrections; police reports that are unfounded or withdrawn;
counts rows of the months before events were agreed. The figures are written down here, not computed.
"""
import json

from faults import balance, say
from installation import Installation, wait_for
from messages import Sender, avro_flat, read_topic

SECRET = "HEMLIGTXQ"


def response(number, **changes):
    event = {"larmnummer": str(number), "insatstyp": "forsta", "handelsetyp_id": 1, "larm_tid": "2026-05-26 19:04", "kommun": "1881",
             "plats": "Hällabrottet", "rapportforfattare": SECRET, "beskrivning": SECRET, "plats_typ": SECRET}
    return str(number), {**event, **changes}


def report(number, **changes):
    event = {"report_id": f"K{number}", "type": "1203", "occurred_from": "2026-05-22 16:00", "occurred_to": "2026-05-25 07:30",
             "reported_at": "2026-05-25 08:00", "kommun": "1881", "plats": "Ekeby", "status": "reported", "description": SECRET}
    return f"K{number}", {**event, **changes}


def row(period, kind, count, **changes):
    event = {"period": period, "kommun": "1881", "omrade": "Ekeby", "typ": kind, "antal": count, **changes}
    return f"{period}|1881|Ekeby|{kind}", event


RESCUE = [
    response(1), response(2, insatstyp="forstarkning"), response(3, insatstyp="befal"),
    response(4, handelsetyp_id=14), response(5, anlagd="misstankt"), response(6, handelsetyp_id=2),
    response(6, handelsetyp_id=1, uppdaterad="2026-06-20 10:00"), response(6, handelsetyp_id=2, uppdaterad="2026-06-10 10:00"),
    response(7, n=508122, e=6555000, epsg=3006), response(8, plats=None, n=6554935.6, e=508122.8, epsg=3006),
    row("2020-11", "2", 12, uppdaterad="2020-12-03"), row("2020-11", "2", 9, uppdaterad="2020-12-20"), row("2020-12", "2", 3), row("2026-05", "2", 12),
]
POLICE = [
    report(1), report(2, status="unfounded"), report(3, type="0812"), report(3, type="0812", status="unfounded", updated_at="2026-06-01"),
    report(4, type=SECRET), report(5, type="Rån, försök"), report(6), ("K6", None),
]
# The same by Avro.
AVRO = [response(9, handelsetyp_id=5, lat=59.1172, long=15.2047), row("2020-10", "5", 8), row("2020-09", "5", "<5")]
CELLS = {
    ("2026-05-01", "1881-hallabrottet", "RES", "rescue", 1, 0),
    ("2020-10-01", "1881-ekeby", "RES", "rescue", 8, 0),
    ("2020-09-01", "1881-ekeby", "RES", "rescue", 0, 1),
    ("2026-05-01", "1881-hallabrottet", "FIR.UNK", "rescue", 2, 0),  # 1, and 6 as it was last corrected
    ("2026-05-01", "1881-hallabrottet", "FIR.ARS", "rescue", 1, 0),
    ("2026-05-01", "1881-stad", "FIR.UNK", "rescue", 1, 0),
    ("2020-11-01", "1881-ekeby", "ACC.TRA", "rescue", 9, 0),
    ("2020-12-01", "1881-ekeby", "ACC.TRA", "rescue", 0, 1),
    ("2026-05-01", "1881-ekeby", "DAM", "police", 1, 0),
    ("2026-05-01", "1881-ekeby", "UNK", "police", 1, 0),
    ("2026-05-01", "1881-ekeby", "ROB", "police", 1, 0),
}


def main():
    with Installation("sources") as i:
        for name in ("normalizer-rescue", "normalizer-police", "aggregator"):
            i.start(name)
        wait_for("all are ready", lambda: all("event=assigned" in i.log(n) for n in i.processes))
        sender = Sender(i)
        for topic, sent in (("feed.rescue", RESCUE), ("feed.police", POLICE)):
            for key, event in sent:
                sender.send(json.dumps(event).encode() if event else None, key.encode(), topic=topic)
        for key, event in AVRO:
            sender.send(avro_flat("rescue", event), key.encode(), topic="feed.rescue")
        sender.flush()
        say("  verify: " + i.verify().strip().splitlines()[-1])
        figures = balance(i)
        assert figures["received"] == len(RESCUE + POLICE + AVRO) and figures["rejected"] == 2 and figures["withdrawn"] == 1, figures
        assert figures["lost"] == 0 and figures["difference"] == 0 and figures["superseded"] == 1, figures
        cells = {(m, a, c, s, int(n), int(withheld)) for m, a, c, s, n, withheld in
                 i.psql("SELECT month, area, category, source, n, n_suppressed FROM lagesbild.month_cell WHERE n > 0 OR n_suppressed > 0")}
        assert cells == CELLS, (cells - CELLS, CELLS - cells)
        reasons = i.psql("SELECT reason, detail FROM lagesbild.dead_letter ORDER BY reason")
        assert [r[0] for r in reasons] == ["bad-value", "mixed-delivery"] and "swapped" in reasons[0][1], reasons
        for at, (_, value) in read_topic(i, "incidents").items():
            assert SECRET.encode() not in value, at
        for name in list(i.processes):
            i.stop(name)


if __name__ == "__main__":
    main()
