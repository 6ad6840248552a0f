// desk.mjs: what test_desk_pages.py looks at, told as one JSON object on standard output; pictures below OUT.
//
//   URL, OUT                                        where, and the folder for pictures
//   COORDINATOR, OTHER, ACTOR, READER, EXTERNAL     {"name", "word"} of each
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";

const require = createRequire(new URL("../../services/api/web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = require.resolve("axe-core/axe.min.js");
const { URL: url, OUT } = process.env;
const who = (key) => JSON.parse(process.env[key]);
mkdirSync(OUT, { recursive: true });

const told = { errors: [], axe: {}, wide: {} };
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const wide = { viewport: { width: 1280, height: 900 } };

async function open(options) {
	const context = await browser.newContext({ reducedMotion: "reduce", bypassCSP: false, ...options });
	context.setDefaultTimeout(10000);
	const page = await context.newPage();
	page.on("pageerror", (e) => told.errors.push(e.message));
	// What is refused (401, 409) is told by the browser too; the page is to survive it.
	page.on("console", (m) => m.type() === "error" && !/status of (401|409)/.test(m.text()) && told.errors.push(m.text()));
	return page;
}

/** By keyboard alone. */
async function signIn(page, person, path = "/moten") {
	if (path) await page.goto(url + path);
	await page.waitForSelector("input[name=name]");
	await page.focus("input[name=name]");
	await page.keyboard.type(person.name);
	await page.keyboard.press("Tab");
	await page.keyboard.type(person.word);
	await page.keyboard.press("Enter");
	await page.waitForSelector("header.top, input[name=code]");
}

async function write(page, name, text) {
	await page.fill(`[name=${name}]`, text);
}

/** Sends the form by keyboard, and waits until it is saved. */
async function save(page) {
	await page.focus("form button[type=submit]");
	await page.keyboard.press("Enter");
	await page.getByText("Sparat.").waitFor();
}

async function look(page, name) {
	await page.addScriptTag({ path: axe }).catch(() => {});
	const found = await page.evaluate(async () => (globalThis.axe ? (await globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] })).violations : null));
	told.axe[name] = found?.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.map((n) => n.html.slice(0, 120)).slice(0, 3) })) ?? "not run";
	told.wide[name] = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	await page.screenshot({ path: `${OUT}/${name}.png`, fullPage: true });
}

// ---- the coordinator: a year, a meeting, a measure ----
const page = await open(wide);
await signIn(page, who("COORDINATOR"), "/moten?ar=2027");
await page.getByRole("button", { name: "Föreslå årets möten" }).focus();
await page.keyboard.press("Enter");
await page.waitForSelector(".day");
told.year = await page.locator(".day").count();
await page.getByRole("button", { name: "Skapa min adress" }).click();
const address = await page.inputValue("input.address");
told.calendar = (await (await fetch(address)).text()).startsWith("BEGIN:VCALENDAR");

await page.locator(".day.steering a").nth(1).focus();
await page.keyboard.press("Enter");
await page.waitForSelector("[name=participants]");
told.meeting = Number(page.url().split("/").pop());
told.span = await page.getAttribute(".spans a", "href");
await write(page, "participants", "områdespolis\n chef teknik och gata \n\n");
await write(page, "decisions", "Ny belysning i Kvarnparken\nTrygghetsvandring i Fylsta");
await write(page, "minutes", "Kort och bra.");
await save(page);

// A decision becomes a measure, which needs an owner and a day of follow-up; the next meeting sees what became of it.
await page.getByRole("link", { name: "gör till åtgärd" }).nth(1).press("Enter");
await page.waitForSelector("[name=title]");
told.decision = await page.inputValue("[name=title]");
await write(page, "problem", "Otryggt kring garagen");
await page.selectOption("[name=owner]", "fritid");
await page.focus("form button[type=submit]");
await page.keyboard.press("Enter");
told.followUp = await page.$eval("[name=follow_up]", (e) => e.validity.valueMissing);
await write(page, "follow_up", "2099-06-01");
await page.focus("form button[type=submit]");
await page.keyboard.press("Enter");
await page.waitForURL(/atgarder\/\d+$/);
told.decided = Number(page.url().split("/").pop());
await page.goto(`${url}/moten/${told.meeting}`);
await page.waitForSelector("[aria-labelledby=decided] .badge");
told.left = await page.$$eval("[aria-labelledby=decided] ol li", (all) => all.map((e) => e.firstChild.textContent.trim()));
await page.locator("nav a[rel=next]").press("Enter");
await page.waitForSelector("[aria-labelledby=since] .badge");
told.since = await page.textContent("[aria-labelledby=since]");
await page.goto(`${url}/moten/${told.meeting}`);
await page.getByRole("link", { name: "Ny åtgärd från mötet" }).click();
await page.waitForSelector("[name=title]:invalid");
await write(page, "title", "Belysning i Kvarnparken");
await write(page, "problem", "Mörkt och skadegörelse");
await page.selectOption("[name=owner]", "teknik");
await page.selectOption("[name=area]", "1881-centrum");
await page.selectOption("[name=category]", "DAM");
await write(page, "starts", "2025-01-10");
await page.focus("form button[type=submit]");
await page.keyboard.press("Enter");
await page.waitForURL(/atgarder\/\d+$/);
told.measure = Number(page.url().split("/").pop());
await page.waitForSelector("[name=state][value=decided]");
told.lacks = await page.textContent(".states");
await page.focus("[name=state]:checked");
await page.keyboard.press("ArrowDown");
await write(page, "follow_up", "2099-05-01");
await save(page);
await page.selectOption("[name=control]", "1881-kumlaby");
await page.waitForSelector(".effect .source, .effect p >> nth=2");
told.effect = await page.$$eval(".effect caption strong, .effect p", (all) => all.slice(1).map((e) => e.textContent));

// ---- its owner ----
const actor = await open(wide);
await signIn(actor, who("ACTOR"), "/atgarder?aktor=teknik");
await actor.waitForSelector(".actor-sheet h2");
told.sheet = [await actor.textContent("h1"), await actor.textContent(".actor-sheet h2")];
await actor.locator(".actor-sheet h2 a").focus();
await actor.keyboard.press("Enter");
await actor.waitForSelector("[name=state]");
told.fields = [...new Set(await actor.$$eval("form [name]", (all) => all.map((e) => e.name)))].sort();
for (const state of ["ongoing", "done"]) {
	await actor.waitForSelector(`[name=state][value=${state}]`);
	await actor.focus("[name=state]:checked");
	await actor.keyboard.press("ArrowDown");
	await save(actor);
	await actor.waitForSelector(`.head .badge.${state}`);
}

// ---- two people, one measure ----
await page.reload();
await page.waitForSelector("[name=notes]");
await write(page, "notes", "Min text");
const other = await open(wide);
await signIn(other, who("OTHER"), `/atgarder/${told.measure}`);
await other.waitForSelector("[name=notes]");
await write(other, "notes", "Den andras text");
await save(other);
await page.focus("form button[type=submit]");
await page.keyboard.press("Enter");
await page.waitForSelector(".clash blockquote");
told.conflict = { said: await page.textContent(".saver .notice"), mine: await page.inputValue("[name=notes]"), theirs: (await page.textContent(".clash blockquote")).trim() };
await page.screenshot({ path: `${OUT}/conflict.png` });
await save(page);

// ---- the session ends while a text is written ----
const text = "Skrivet när sessionen tog slut";
await page.focus("[name=result]");
await page.keyboard.type(text);
const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
const word = (await fetch(url + "/api/v1/session", { headers: { cookie } })).headers.get("x-csrf-token");
await fetch(url + "/api/v1/session", { method: "DELETE", headers: { cookie, "x-csrf-token": word } });
await page.focus("form button[type=submit]");
await page.keyboard.press("Enter");
await signIn(page, who("COORDINATOR"), "");
await page.waitForSelector("[name=result]");
told.after = await page.inputValue("[name=result]");
await save(page);

// ---- a table ----
await page.goto(url + "/atgarder/importera");
const rows = (owner) => `Rubrik\tProblem\tSlag\tÄgare\tSka vara klar\nKlippta buskar\tSkymd sikt\tsituationell\tTeknik och gata\t2025-02-01\nStädad gångtunnel\tKlotter\tsocial\t${owner}\t`;
await page.fill("#paste", rows("Parkbolaget"));
await page.getByRole("button", { name: "Granska" }).press("Enter");
await page.waitForSelector("tr[data-ok=false]");
told.bad = await page.textContent("tr[data-ok=false]");
told.before = await page.evaluate(() => fetch("/api/v1/measures").then((r) => r.json()).then((a) => a.rows.length));
await page.screenshot({ path: `${OUT}/import-bad.png`, fullPage: true });
for (const put of [() => page.fill("#paste", rows("Polisen")), () => page.setInputFiles("#file", `${OUT}/atgarder.xlsx`)]) {
	await put();
	await page.locator("form button[type=submit]:enabled").press("Enter");
	await page.getByRole("button", { name: "Läs in" }).press("Enter");
	await page.getByText(/åtgärd(er)? är inläst/).waitFor();
}

// ---- what is shown, as a file for Excel ----
await page.goto(url + "/atgarder?visa=lista&aktor=fritid");
const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Hämta till Excel" }).press("Enter")]);
await file.saveAs(`${OUT}/atgarder.csv`);

// ---- a level, and the month page ----
await page.goto(url + "/prioritering");
await page.getByRole("button", { name: "Sätt nivå: Centrum" }).press("Enter");
await page.check("input[value=red]");
await page.fill("[name=reason]", "Fler anmälningar");
await page.locator("form button[type=submit]").press("Enter");
await page.waitForSelector(".priority.red");
await page.waitForSelector(".level-map .label.red");
await page.waitForSelector("#\\31 881-centrum .title button:focus");
told.map = {
	marked: await page.$$eval(".level-map .label.red text", (all) => all.map((e) => e.textContent)),
	drawn: await page.$$eval(".level-map [data-area]", (all) => all.map((e) => e.dataset.area)),
	outside: await page.textContent(".level-map .no-outline"),
};
await page.goto(url + "/");
await page.waitForSelector(".measures-block li");
told.block = await page.textContent(".measures-block");

// ---- a reader, and one who needs a second factor ----
const reader = await open(wide);
await signIn(reader, who("READER"), `/atgarder/${told.measure}`);
await reader.waitForSelector(".told");
told.reader = await reader.locator("main :is(form button, textarea)").count();
const outside = await open(wide);
await signIn(outside, who("EXTERNAL"), "/");
await outside.waitForSelector("svg.qr path");
told.code = await outside.inputValue("[name=code]");
told.qr = Number((await outside.getAttribute("svg.qr", "viewBox")).split(" ")[2]);

// ---- every page, on a large screen and on a telephone in the dark ----
const state = await page.context().storageState();
const pages = { moten: "/moten?ar=2027", mote: `/moten/${told.meeting}`, nytt: "/moten/ny", tavla: "/atgarder", lista: "/atgarder?visa=lista", blad: "/atgarder?aktor=teknik", atgard: `/atgarder/${told.measure}`, ny: "/atgarder/ny", importera: "/atgarder/importera", prioritering: "/prioritering" };
for (const [size, options] of Object.entries({ wide, phone: { viewport: { width: 360, height: 780 }, colorScheme: "dark" } })) {
	const at = await open({ ...options, storageState: state, bypassCSP: true });
	for (const [name, path] of Object.entries(pages)) {
		await at.goto(url + path);
		await at.waitForSelector("main h1");
		await look(at, `${size}-${name}`);
		if (size === "phone" && name === "lista") told.cut = await at.$$eval("main .scroll", (all) => all.map((e) => e.scrollWidth - e.clientWidth));
	}
}
await browser.close();
console.log(JSON.stringify(told));
