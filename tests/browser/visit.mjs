// visit.mjs: a coordinator's visit in Chromium, for test_browser.py.
//
//   NAME, PASSWORD  who          PERIOD  the month to look at
import { readFileSync } from "node:fs";
import { cut, done, look, open, out, signIn, told, until, url } from "./common.mjs";

const { NAME, PASSWORD, PERIOD } = process.env;

for (const [name, options] of Object.entries({
	wide: { viewport: { width: 1920, height: 1080 } },
	phone: { viewport: { width: 360, height: 780 }, colorScheme: "dark" },
})) {
	const page = await open(options);
	await signIn(page, NAME, PASSWORD);
	await page.goto(`${url}/bild/${PERIOD}`);
	await page.waitForSelector("main h1");
	await page.waitForSelector("svg.map, .areas table");
	await look(page, name);
	if (name === "phone") told.phone = { cut: await cut(page), menu: (await page.locator("header.top").boundingBox()).height };
	if (name === "wide") {
		told.heading = await page.textContent("main h1");
		told.verdict = await page.textContent(".verdicts h2");
		told.rows = await page.$$eval("tr[data-category]", (rows) =>
			rows.map((r) => {
				const value = (td) => ({ n: td.querySelector("[data-n]").dataset.n, s: td.querySelector("[data-n]").dataset.s });
				const cells = [...r.querySelectorAll("td.number")];
				return { category: r.dataset.category, source: r.dataset.source, n: value(cells[0]), last_year: value(cells[1]), r12: value(cells[3]) };
			}),
		);
		// What a chart or a table shows, as a file.
		const saved = async (selector) => {
			const [file] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
			return { name: file.suggestedFilename(), lines: readFileSync(await file.path(), "utf8").split("\r\n").slice(1, -1) };
		};
		told.csv = await saved("[aria-labelledby=areas] .title button");
		told.tableCsv = await saved("[aria-labelledby=rows] .title button");
		told.table = await page.$$eval("[aria-labelledby=rows] tr[data-category]", (rows) =>
			rows.map((r) => [r.querySelector("th").firstChild.textContent, r.cells[1].textContent, ...[0, 1, 2].map((i) => r.querySelectorAll("[data-n]")[i].dataset).map((v) => v.s + v.n), r.querySelector(".verdict").lastChild.textContent].join(";")),
		);
		// An area that has parts is named as what is left, and leads to months that are without them.
		const rest = page.locator("[aria-labelledby=areas] tr[data-area='1881-stad']");
		told.own = [await rest.locator("th").textContent(), await rest.locator("[data-n]").first().getAttribute("data-n")];
		await rest.locator("th a").evaluate((a) => a.click());
		await page.waitForSelector(".cells tr[data-month]", { state: "attached" });
		told.own.push(await page.textContent("#cells"), await page.locator(".cells tr[data-month] [data-n]").last().getAttribute("data-n"));
		told.cellsCsv = await saved(".cells .title button");
		await page.goto(`${url}/bild/${PERIOD}`);
		await page.waitForSelector("tr[data-category] th a");
		told.areas = await page.$$eval("[aria-labelledby=areas] tr[data-area]", (rows) =>
			rows.map((r) => [r.querySelector("th").textContent, ...[...r.querySelectorAll("[data-n]")].map((v) => v.dataset.s + v.dataset.n)].join(";")),
		);
		// A figure's cells, and the address that shows the same again.
		const link = page.locator("tr[data-category] th a").first();
		await link.focus();
		await page.keyboard.press("Enter");
		await page.waitForSelector(".cells .chart svg");
		told.focus = await page.evaluate(() => document.activeElement?.id);
		told.address = page.url();
		await page.reload();
		await page.waitForSelector(".cells .chart svg");
		await look(page, "cells");
		const drawn = () => page.$eval(".cells .chart svg text", (e) => e.getAttribute("fill"));
		told.ink = [await drawn()];
		await page.click(".tools button >> nth=0");
		await until("the chart in the other theme", async () => (await drawn()) !== told.ink[0]);
		await page.click(".tools button >> nth=0");
		await until("the chart in the first theme", async () => (await drawn()) === told.ink[0]);
		// What had the focus before a panel was opened has it again when that is closed.
		await page.goto(`${url}/bild/${PERIOD}`);
		const row = page.locator("tr[data-category] th a").first();
		await row.focus();
		const opener = await row.getAttribute("href");
		await page.keyboard.press("Enter");
		await page.waitForSelector("#cells:focus");
		await page.click(".cells .title button >> nth=1");
		await page.waitForSelector(".cells", { state: "detached" });
		await until("the focus", () => page.evaluate((href) => document.activeElement?.getAttribute("href") === href, opener));
		// Back from another page the month stands where it was left.
		await page.waitForSelector("[aria-labelledby=places]");
		await page.evaluate(() => window.scrollTo(0, 900));
		await page.$eval("header nav a[href='/utgavor']", (a) => a.click());
		await page.waitForSelector("main:not(:has(.verdicts)) h1");
		await page.goBack();
		await until("the place", () => page.evaluate(() => document.querySelector(".verdicts") && Math.abs(scrollY - 900) < 3));
		// How many units have reported, and from there to which.
		await page.goto(`${url}/bild/${PERIOD}`);
		told.units = await page.textContent(".delivered a[href*=kvalitet]");
		await page.click(".delivered a[href*=kvalitet]");
		await page.waitForSelector("section[data-source]");
		told.quality = await page.$$eval("section[data-source]", (all) => all.map((s) => s.dataset.source));
		told.qualityTitle = await page.title();
		told.reported = await page.$$eval("#staff [data-unit]", (all) => all.map((u) => [u.dataset.unit, u.closest("ul").classList.contains("active")]));
		told.worth = await page.$$eval("section[data-source]", (all) =>
			all.map((s) => [s.dataset.source, Object.fromEntries([...s.querySelectorAll("dd[data-what]")].map((d) => [d.dataset.what, d.innerText]))]),
		);
		await look(page, "quality");
		// Areas beside each other, and from one of their figures to its months.
		await page.goto(`${url}/jamfor/${PERIOD}?kalla=police`);
		await page.waitForSelector("table.compare tbody tr");
		await look(page, "compare");
		told.compare = await page.$$eval("table.compare td [data-n]", (all) => all.length);
		told.compareCsv = await saved("[aria-labelledby=compare] .title button");
		told.compared = await page.$$eval("table.compare tbody tr", (rows) => rows.map((r) => [r.querySelector("th").textContent, ...[...r.querySelectorAll("[data-n]")].map((v) => v.dataset.s + v.dataset.n)].join(";")));
		told.switch = await page.$$eval(".switch a", (all) => all.map((a) => a.getAttribute("href")));
		told.nav = await page.$$eval("header nav a", (all) => all.slice(0, 2).map((a) => a.getAttribute("href")));
		await page.click("table.compare tbody tr:nth-child(2) td a");
		await page.waitForSelector(".cells tr[data-month]", { state: "attached" });
		told.drill = new globalThis.URL(page.url()).search;
		await page.goto(`${url}/bild/${PERIOD}?utskrift=1`);
		await page.waitForSelector("svg.map");
		told.paper = await page.isVisible("header.top");
		await page.emulateMedia({ media: "print" });
		await page.pdf({ path: `${out}/month.pdf`, format: "A4", tagged: true, printBackground: true });
		await page.emulateMedia({ media: "screen" });
		await page.goto(`${url}/bild/${PERIOD}`);
		await page.waitForSelector("header.top");
		// What has no row says so once, and draws nothing.
		await page.goto(`${url}/bild/2019-01?kalla=hej`);
		await page.waitForSelector("main h1");
		told.empty = [await page.inputValue("[aria-labelledby=rows] select"), await page.innerText("[aria-labelledby=rows] > p"), await page.locator("main :is(.wheel, .heat, .chart, .judged, #season)").count()];
		await page.goto(`${url}/bild/${PERIOD}`);
		await page.waitForSelector("header.top");
		// English, then out: the page asks to sign in.
		await page.click(".tools button[lang=en]");
		told.english = await page.textContent(".verdicts h2");
		told.delivered = await page.innerText(".delivered");
		await page.goto(`${url}/bild/2025-13`);
		await page.waitForSelector('main .note:text-is("There is no such period")');
		await page.click(".tools button:last-child");
		await page.waitForSelector("input[name=name]");
		told.languages = [await page.textContent("main h1")];
		await page.click("main button[lang=sv]");
		told.languages.push(await page.textContent("main h1"));
	}
	await page.context().close();
}

// The first view on a slow phone: what is sent, and when it can be used.
const page = await open({ viewport: { width: 360, height: 780 } });
const client = await page.context().newCDPSession(page);
await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
let bytes = 0;
await client.send("Network.enable");
client.on("Network.loadingFinished", (e) => (bytes += e.encodedDataLength));
const began = Date.now();
await signIn(page, NAME, PASSWORD);
await page.waitForSelector("main h1");
told.bytes = bytes;
told.usable_ms = Date.now() - began;
// Opened by who is signed in: what is asked for ahead is asked for once, and not again for the version that the stream begins with.
const asked = [];
page.on("request", (r) => asked.push(new globalThis.URL(r.url()).pathname));
await page.reload();
await page.waitForSelector("main h1");
await until("the stream", () => asked.includes("/api/v1/changes"));
await page.waitForTimeout(1500);
told.opened = ["/api/v1/session", "/api/v1/summary/latest"].map((path) => asked.filter((p) => p === path).length);
await done();
