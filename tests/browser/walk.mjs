// A person's way through the page in Chromium: sign in, the month, the keyboard, a session that ends, a server that goes away, and what axe says.
// usage: node walk.mjs URL NAME PASSWORD PERIOD FOLDER; prints one JSON document of what it saw, for test_browser.py; screenshots go to FOLDER.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import path from "node:path";

const web = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../services/api/web/");
const require = createRequire(web + "package.json");
const { chromium } = require("playwright-core");
const axe = require.resolve("axe-core/axe.min.js");

const [url, name, password, period, folder] = process.argv.slice(2);
const seen = { problems: [], axe: [], bytes: 0 };
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

async function open(options = {}) {
	const context = await browser.newContext({ locale: "sv-SE", viewport: { width: 1280, height: 900 }, bypassCSP: false, ...options });
	const page = await context.newPage();
	page.on("pageerror", (e) => seen.problems.push(`script: ${e.message}`));
	page.on("request", (r) => {
		if (!r.url().startsWith(url) && !/^(data|blob):/.test(r.url())) seen.problems.push(`asked elsewhere: ${r.url()}`);
	});
	return page;
}

async function signIn(page, to) {
	await page.goto(url + to);
	await page.fill("input[name=name]", name);
	await page.fill("input[name=password]", password);
	await page.press("input[name=password]", "Enter");
	await page.waitForSelector("article[data-period]");
}

async function inspect(page, where) {
	await page.evaluate(require("node:fs").readFileSync(axe, "utf8"));
	const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
	for (const v of found.violations) seen.axe.push({ where, id: v.id, impact: v.impact, at: v.nodes.slice(0, 3).map((n) => n.target.join(" ")) });
}

const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
const shot = (page, file, fullPage = false) => page.screenshot({ path: path.join(folder, file + ".png"), fullPage });

// The month, as a mouse user sees it.
const page = await open();
page.on("response", async (r) => {
	const sizes = await r.request().sizes().catch(() => null);
	if (sizes) seen.bytes += sizes.responseBodySize;
});
await page.goto(url + "/");
await page.waitForSelector("form");
await inspect(page, "sign-in");
await signIn(page, `/bild/${period}`);
await page.waitForLoadState("load");
await page.waitForSelector(".chart svg");
seen.firstView = seen.bytes;
seen.title = await page.title();
seen.rows = await page.$$eval("tr[data-category]", (rows) =>
	rows.map((r) => {
		const of = (i) => {
			const v = r.querySelectorAll("td.num")[i]?.querySelector("[data-n], [data-s]");
			return v ? { n: v.dataset.n === undefined ? null : Number(v.dataset.n), s: v.dataset.s ?? null } : null;
		};
		return { category: r.dataset.category, source: r.dataset.source, now: of(0), last: of(1), twelve: of(3) };
	}),
);
seen.states = await page.$$eval("[data-state]", (all) => Object.fromEntries(all.map((e) => [e.dataset.source, e.dataset.state])));
seen.verdict = await page.$eval("#verdict", (e) => ({ hold: Number(e.dataset.hold), usual: Number(e.dataset.usual), text: e.textContent }));
await inspect(page, "month");
await shot(page, "month-1280", true);

// By the keyboard alone: to the first figure, its months, and back to where one was.
await page.keyboard.press("Tab");
seen.skip = await page.evaluate(() => document.activeElement.className);
await page.keyboard.press("Enter");
let steps = 0;
while (steps++ < 60 && !(await page.evaluate(() => document.activeElement.closest("tr[data-category]")))) await page.keyboard.press("Tab");
seen.steps = steps;
await page.keyboard.press("Enter");
await page.waitForSelector("dialog[open] tr[data-month]", { state: "attached" });
seen.drillAddress = new URL(page.url()).search;
await page.waitForTimeout(400);
await inspect(page, "drill");
seen.drill = await page.$$eval("dialog tr[data-month]", (rows) => Object.fromEntries(rows.map((r) => [r.dataset.month, r.querySelector("[data-n]")?.dataset.n ?? null])));
await page.keyboard.press("Escape");
await page.waitForSelector("dialog", { state: "detached" });
seen.back = await page.evaluate(() => !!document.activeElement.closest("tr[data-category]"));

// A link shows another the same; the other pages; English.
for (const to of ["jamfor/" + period, "kvalitet", "utgavor"]) {
	await page.goto(`${url}/${to}`);
	await page.waitForSelector("article h1");
	await inspect(page, to);
}
await page.goto(`${url}/bild/${period}?kalla=police`);
await page.waitForSelector("tr[data-category]");
seen.only = await page.$$eval("tr[data-category]", (rows) => [...new Set(rows.map((r) => r.dataset.source))]);
await page.click('button[lang="en"]');
seen.english = await page.$eval("#categories", (e) => e.textContent);
await page.click('button[lang="sv"]');

// Signed out elsewhere: the page stays, asks, and goes on.
await page.context().clearCookies();
await page.selectOption(".choose select", { index: 1 });
await page.goto(`${url}/bild/${period}`);
await page.waitForSelector("input[name=name]");
seen.askedAgain = true;
await signIn(page, `/bild/${period}`);

// Away, and back by itself.
await page.route("**/api/v1/**", (r) => r.fulfill({ status: 503, contentType: "application/problem+json", body: '{"title":"Databasen svarar inte"}' }));
await page.reload();
await page.waitForSelector(".away");
await page.unroute("**/api/v1/**");
await page.waitForSelector("article[data-period]");
await page.waitForSelector(".away", { state: "detached" });
seen.recovered = true;

// From a phone to a projector, dark, and on paper.
for (const [file, options] of [
	["phone", { viewport: { width: 360, height: 740 } }],
	["phone-dark", { viewport: { width: 360, height: 740 }, colorScheme: "dark" }],
	["projector", { viewport: { width: 1920, height: 1080 } }],
	["dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
]) {
	const other = await open({ ...options, reducedMotion: "reduce" });
	await signIn(other, `/bild/${period}`);
	await other.waitForSelector(".chart svg");
	if (!(await fits(other))) seen.problems.push(`${file}: wider than the screen`);
	await inspect(other, file);
	await shot(other, file);
	await shot(other, file + "-whole", true);
	if (file === "projector") {
		await other.goto(`${url}/bild/${period}?utskrift=1`);
		await other.waitForSelector(".chart svg");
		await other.pdf({ path: path.join(folder, "month.pdf"), format: "A4" });
	}
	await other.context().close();
}
console.log(JSON.stringify(seen));
await browser.close();
