// versions.mjs: reads a month's page over and over while events are counted, for test_versions.py. What is read is judged here, against the api's own
// answers to the page.
//
//   PERIOD, ROW  the month, and the row that is open (category.source)       PERSON  name and password, parted by a blank
import { ask, done, open, signIn, told, until } from "./common.mjs";

const { PERIOD, ROW } = process.env;
const [category, source] = ROW.split(".");
const answers = new Map(); // version -> what the summary said

/** Every number of the page, in one go. */
const read = (page) =>
	page.evaluate(
		([category, source, period]) => {
			const value = (e) => e.dataset.s + e.dataset.n;
			const numbers = (row, s) => [...row.querySelectorAll(s)].map(value);
			return {
				rows: Object.fromEntries(
					[...document.querySelectorAll("tr[data-category]")].map((r) => [`${r.dataset.category}.${r.dataset.source}`, numbers(r, "td.number [data-n]").join(" ")]),
				),
				areas: [...document.querySelectorAll(".areas tr[data-area]")].map((r) => Number(r.querySelector("[data-n]").dataset.n)),
				whole: Number(document.querySelector(`tr[data-category="${category}"][data-source="${source}"] [data-n]`).dataset.n),
				month: document.querySelector(`.cells tr[data-month="${period}"] [data-n]`)?.dataset.n ?? null,
			};
		},
		[category, source, PERIOD],
	);

const figure = (f) => (f.s ?? "") + (f.n ?? "");
const rowsOf = (summary) => Object.fromEntries(summary.rows.map((r) => [`${r.category}.${r.source}`, [r.n, r.last_year, r.r12].map(figure).join(" ")]));
const same = (a, b) => Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((k) => a[k] === b[k]);

const page = await open({ viewport: { width: 1280, height: 900 } });
const bodies = [];
page.on("response", (r) => {
	if (!r.url().includes("/api/v1/summary/") || r.status() !== 200) return;
	bodies.push(r.json().then((body) => answers.set(r.headers()["lagesbild-version"], rowsOf(body)), () => {}));
});
await signIn(page, ...process.env.PERSON.split(" "), `/bild/${PERIOD}?rad=${ROW}`);
await page.waitForSelector(".cells tr[data-month]", { state: "attached" });
await ask("begin");
told.readings = 0;
told.mixed = [];
const versions = new Set(), shown = new Set(), seen = [];
for (let over = false; !over; ) {
	const now = await read(page);
	seen.push(now);
	shown.add(JSON.stringify(now.rows));
	told.readings++;
	if (told.readings % 20 === 0) over = await ask("over", shown.size);
}
const last = await ask("whole");
await until("the last version", async () => (await read(page)).whole === last);
seen.push(await read(page));
await Promise.all(bodies);
for (const now of seen) {
	const of = [...answers].find(([, rows]) => same(rows, now.rows))?.[0];
	const sum = now.areas.reduce((a, b) => a + b, 0);
	if (!of || sum !== now.whole || now.month === null || Number(now.month) !== now.whole) told.mixed.push({ of, sum, ...now, rows: of ? {} : now.rows });
	versions.add(of);
}
told.versions = versions.size;
told.answers = answers.size;
await done();
