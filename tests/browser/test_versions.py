#!/usr/bin/env python3
"""A month's page never mixes two versions of the figures: read over and over while events are counted, all that stands there is one answer of the api, areas sum to
the whole, and the open row's months say the same."""
import json
import threading

from api import Api
from installation import Installation, wait_for
from visit import WEB, clean, visit

PERIOD, ROW = "2025-05", "VIO.police"


class Counting:
    """Publishes notices and reports of the month, one lot after the other, while the page is read: until it has shown enough versions, however slow it is."""

    def __init__(self, i, person):
        self.i, self.person, self.thread, self.shown = i, person, threading.Thread(target=self._publish), 0

    def begin(self):
        self.thread.start()

    def _publish(self):
        for n in range(1, 29):
            if n > 8 and self.shown >= 4:
                return
            notice = {"id": 800000000 + n, "datetime": f"2025-05-{n:02} 21:10:00 +02:00", "type": "Våld/hot", "name": f"{n:02} maj 20.15, Våld/hot, Kumla",
                      "location": {"name": "Örebro län"}}
            self.i.produce(json.dumps(notice, ensure_ascii=False).encode(), str(notice["id"]))
            self.i.run("simulator", "--sources", "police", "--from", PERIOD, "--to", "2025-06", "--seed", str(n))

    def over(self, shown):
        self.shown = shown
        return not self.thread.is_alive()

    def whole(self):
        """What the open row is in the end."""
        self.i.verify()
        want = int(self.i.value(f"""SELECT sum(n) FROM lagesbild_store.open_cell WHERE municipality = '1881'
            AND month = '{PERIOD}-01' AND source = 'police' AND category = 'VIO'"""))
        wait_for("the api says the same", lambda: self._said() == want)
        return want

    def _said(self):
        rows = self.person.get(f"/api/v1/summary/{PERIOD}").json["rows"]
        return next(r["n"]["n"] for r in rows if f"{r['category']}.{r['source']}" == ROW)


def main():
    with Installation("versions") as i:
        for name in ("normalizer-police", "normalizer-press", "aggregator"):
            i.start(name)
        i.run("simulator", "--sources", "police", "--from", "2024-04", "--to", "2025-06", "--seed", "1881")
        i.verify()
        api = Api(i, **WEB)
        lena = api.account("lena", role="reader,coordinator")
        counting = Counting(i, lena)
        functions = {name: getattr(counting, name) for name in ("begin", "over", "whole")}
        told = visit("versions.mjs", api, functions, PERIOD=PERIOD, ROW=ROW, PERSON=f"{lena.name} {lena.word}")
        clean(told)
        print(f"{told['readings']} readings of {told['versions']} versions ({told['answers']} answers), {len(told['mixed'])} mixed", flush=True)
        assert told["mixed"] == [], told["mixed"][:2]
        assert told["versions"] >= 3 and told["readings"] > 40, told


main()
