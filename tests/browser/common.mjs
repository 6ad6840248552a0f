// common.mjs: what the visits in Chromium share. A visit is started by tests/lib/visit.py, prints one JSON object, and may ask the test to do
// something meanwhile (ask).
//
//   URL       where                     CHROMIUM  the browser (/usr/bin/chromium)
//   OUT       folder for pictures       EXPECTED  what the console may say, a regular expression (nothing)
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../services/api/web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const { URL: url, OUT: out } = process.env;
mkdirSync(out, { recursive: true });

export const told = { errors: [], foreign: [], axe: {}, wide: {} };
// A date is typed as the browser's own language has it.
const env = { ...process.env, LANGUAGE: "en_US", LC_ALL: "C.UTF-8" };
export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"], env });

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** The test does something (a function of its own by that name); its value. */
export async function ask(what, ...given) {
	console.log(JSON.stringify({ do: what, given }));
	return JSON.parse((await answers.next()).value);
}

/** A fresh person's page; whatever it complains of, or asks elsewhere, is told. */
export async function open(options = {}) {
	const context = await browser.newContext({ reducedMotion: "reduce", ...options });
	const page = await context.newPage();
	const expected = process.env.EXPECTED && new RegExp(process.env.EXPECTED);
	page.setDefaultTimeout(20000);
	page.on("pageerror", (e) => told.errors.push(e.message));
	page.on("console", (m) => m.type() === "error" && !expected?.test(m.text()) && told.errors.push(m.text()));
	page.on("request", (r) => new globalThis.URL(r.url()).origin !== url && !/^(data|blob):/.test(r.url()) && told.foreign.push(r.url()));
	return page;
}

/** Tab until what has the focus matches, and says text if one is given; an error when it is not there within so many. */
export async function tabTo(page, selector, most = 400, text = null) {
	const here = ([s, t]) => document.activeElement?.matches(s) && (t === null || document.activeElement.textContent === t);
	for (let n = 0; n < most; n++) {
		await page.keyboard.press("Tab");
		if (await page.evaluate(here, [selector, text])) return;
	}
	throw new Error(`${selector} ${text ?? ""}: not reached by ${most} tabs`);
}

/** Polls from outside: the page's policy lets nothing be evaluated in it. */
export async function until(what, look) {
	for (let n = 0; n < 400; n++) {
		if (await look()) return;
		await new Promise((later) => setTimeout(later, 50));
	}
	throw new Error(`${what}: not within 20 s`);
}

/** By keyboard alone, in the form that stands there. */
export async function giveName(page, name, password) {
	await page.waitForSelector("input[name=name]:focus");
	await page.keyboard.type(name);
	await page.keyboard.press("Tab");
	await page.keyboard.type(password);
	await page.keyboard.press("Enter");
	await page.waitForSelector("header.top");
}

export async function signIn(page, name, password, path = "/") {
	await page.goto(url + path);
	await giveName(page, name, password);
}

/** Accessibility, width and a picture of what stands there. */
export async function look(page, name) {
	await page.evaluate(axe); // not by a script tag: the page's policy stays in force
	const rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
	const found = await page.evaluate(async (rules) => (globalThis.axe ? (await globalThis.axe.run(document, { runOnly: rules })).violations : null), rules);
	told.axe[name] = found?.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.map((n) => n.html.slice(0, 120)).slice(0, 3) })) ?? "not run";
	await width(page, name);
	await page.screenshot({ path: `${out}/${name}.png`, fullPage: true });
}

/** What of the page's tables is out of sight, of those whose figures must not be. */
export const cut = (page) =>
	page.$$eval("main .scroll", (all) => all.filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).map((e) => `${e.getAttribute("aria-label")} ${e.scrollWidth}`));

/** How much wider than the screen the page is. */
export async function width(page, name) {
	told.wide[name] = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

export async function done() {
	await browser.close();
	console.log(JSON.stringify({ told }));
	process.exit(0);
}
