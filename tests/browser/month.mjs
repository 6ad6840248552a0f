// month.mjs: the coordinator's month, what a citizen and an operator see of it, for test_month.py. No mouse is used.
//
//   PERIOD, NEXT  the month, the one after it    COORDINATOR, OPERATOR  name and password, parted by a blank
//   TEXT, PUBLIC, COMMENT, EVENT  what is written
import { readFileSync } from "node:fs";
import { ask, cut, done, look, open, out, signIn, tabTo, told, url, width } from "./common.mjs";

const { PERIOD, NEXT, TEXT, PUBLIC, COMMENT, EVENT } = process.env;
const [name, password] = process.env.COORDINATOR.split(" ");

async function write(page, section, text) {
	await tabTo(page, `details:has(textarea[name=${section}]) > summary`);
	if (!(await page.isVisible(`textarea[name=${section}]`))) await page.keyboard.press("Enter");
	await tabTo(page, `textarea[name=${section}]`, 3);
	await page.keyboard.type(text);
	await tabTo(page, "button[type=submit]", 3);
	await page.keyboard.press("Enter");
	await page.waitForSelector(`details:has(textarea[name=${section}]) [role=status]:text-is("Sparat")`);
}

/** A button that asks once more before it does. */
async function certainly(page, text) {
	await tabTo(page, ".desk button", 400, text);
	await page.keyboard.press("Enter");
	told.asked.push(await page.textContent(".desk .ask"));
	await tabTo(page, ".desk .ask .main", 400, text);
	await page.keyboard.press("Enter");
}

const numbers = (page) =>
	page.$$eval("[aria-labelledby=extent] tr[data-category]", (rows) =>
		rows.map((r) => ({ name: r.querySelector("th").innerText, source: r.querySelector("td").innerText, key: `${r.dataset.category} ${r.dataset.source}`, cells: [...r.querySelectorAll("td.number [data-n]")].map((v) => ({ ...v.dataset })) })),
	);

async function download(page, selector, file) {
	await tabTo(page, selector);
	const [got] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
	await got.saveAs(`${out}/${file}`);
	return { name: got.suggestedFilename(), begin: readFileSync(`${out}/${file}`).subarray(0, 5).toString() };
}

// ---- the coordinator ----
told.asked = [];
const page = await open({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
await signIn(page, name, password, `/bild/${PERIOD}`);
await page.waitForSelector(".verdicts h2");
told.verdict = await page.textContent(".verdicts h2");
await page.waitForSelector("textarea[name=assessment]");
await write(page, "assessment", TEXT);
await write(page, "public", PUBLIC);
await tabTo(page, "input[name=title]");
await page.keyboard.type(EVENT);
await tabTo(page, "input[name=place]", 1);
await page.keyboard.type("Torget");
await tabTo(page, "input[name=starts]", 1);
await page.keyboard.type("06142025");
await tabTo(page, "form button[type=submit]", 12);
await page.keyboard.press("Enter");
await page.waitForSelector(`[aria-labelledby=coming] li:has-text("${EVENT}")`);
await look(page, "month-editor");
for (const w of [360, 1920]) {
	await page.setViewportSize({ width: w, height: 900 });
	await width(page, `month-editor ${w}`);
}
await page.setViewportSize({ width: 1280, height: 900 });
await page.evaluate(() => document.activeElement.blur());
await tabTo(page, ".head button");
await page.keyboard.press("Enter");
await page.waitForURL("**/utgavor/*");
await page.waitForSelector("main.document");
told.edition = page.url();
await page.waitForSelector("[aria-labelledby=extent] tr[data-category]");
await look(page, "edition-draft");
await tabTo(page, ".desk details summary");
if (!(await page.isVisible("textarea[name=comment]"))) await page.keyboard.press("Enter");
await tabTo(page, "textarea[name=comment]", 3);
await page.keyboard.type(COMMENT);
await tabTo(page, "button[type=submit]", 2);
await page.keyboard.press("Enter");
await page.waitForSelector(`.log .written:has-text("${COMMENT}")`);
await page.evaluate(() => document.activeElement.blur());
await certainly(page, "Godkänn");
await page.waitForSelector(".badge.approved");
// The draft's are made anew: the list is the approved one's when it has the file for Word, too.
await page.waitForSelector("a.doc[href$='intern.docx']");
await page.waitForSelector("a.doc[href$='intern.pdf']");
told.intern = await download(page, "a.doc[href$='intern.pdf']", "intern.pdf");
told.numbers = await numbers(page);
told.captions = await page.$$eval(".matrices .caption", (all) => all.map((e) => e.innerText));
await certainly(page, "Publicera");
await page.waitForSelector(".badge.published");
await page.waitForSelector("a.doc[href$='offentlig.pdf']");
await look(page, "edition-published");
for (const w of [360, 1920]) {
	await page.setViewportSize({ width: w, height: 900 });
	await width(page, `edition ${w}`);
	if (w === 360) told.cut = await cut(page);
}
await page.goto(`${url}/utgavor`);
await page.waitForSelector(".badge.published");
await look(page, "editions");
for (const w of [360, 1920]) {
	await page.setViewportSize({ width: w, height: 900 });
	await width(page, `editions ${w}`);
}
// What came later, on the next month's page; and the way back to the document.
await ask("late");
await page.goto(`${url}/bild/${NEXT}`);
await page.waitForSelector("[aria-labelledby=since] li");
told.since = await page.innerText("[aria-labelledby=since]");
await tabTo(page, "[aria-labelledby=since] a");
await page.keyboard.press("Enter");
await page.waitForSelector("main.document");
await page.goto(`${url}/bild/${PERIOD}`);
await page.waitForSelector(".head a.badge");
told.badge = await page.textContent(".head a.badge");
await page.context().close();

// ---- a citizen ----
await ask("listed");
const citizen = await open({ viewport: { width: 360, height: 780 }, acceptDownloads: true });
await citizen.goto(`${url}/offentligt`);
await citizen.waitForSelector("main li a");
await look(citizen, "public");
await tabTo(citizen, "main li a");
await citizen.keyboard.press("Enter");
await citizen.waitForSelector("main.document");
await look(citizen, "public-edition");
told.citizen = { text: await citizen.innerText("body"), nav: await citizen.$$eval("header a, header button", (all) => all.map((a) => a.getAttribute("href") ?? a.textContent)) };
told.open = await download(citizen, "a[href$='offentlig.pdf']", "offentlig.pdf");
await citizen.setViewportSize({ width: 1920, height: 1080 });
await width(citizen, "public-edition 1920");
told.citizenColumns = await citizen.$$eval("table thead th", (all) => all.map((e) => e.innerText));
await citizen.context().close();

// ---- an operator ----
const operator = await open({ viewport: { width: 1280, height: 900 } });
await signIn(operator, ...process.env.OPERATOR.split(" "), "/kvalitet");
await operator.waitForSelector("section[data-source]");
told.silent = await operator.$$eval("section[data-source]:has(strong.trouble)", (all) => all.map((r) => r.dataset.source));
told.refused = await operator.$$eval("table.refused tbody tr", (all) => all.map((r) => [...r.cells].map((c) => c.innerText)));
await look(operator, "operator");
await operator.setViewportSize({ width: 360, height: 780 });
await operator.emulateMedia({ colorScheme: "dark" });
await look(operator, "operator-phone");
await operator.setViewportSize({ width: 1280, height: 900 });
await operator.emulateMedia({ colorScheme: "light" });
await tabTo(operator, "nav a[href='/logg']");
await operator.keyboard.press("Enter");
await operator.waitForSelector("td.when");
told.log = await operator.$$eval("tr:has(td.when)", (all) => all.map((r) => [...r.cells].slice(1, 4).map((c) => c.innerText)));
await look(operator, "log");
for (const w of [360, 1920]) {
	await operator.setViewportSize({ width: w, height: 900 });
	await width(operator, `log ${w}`);
}
await done();
