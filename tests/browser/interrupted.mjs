// interrupted.mjs: sessions that end, colleagues who write at the same time, and a database that goes away, for test_interrupted.py.
//
//   PERIOD  the month            FIRST, SECOND  two coordinators: name and password, parted by a blank
import { ask, done, giveName, open, signIn, told, until, url } from "./common.mjs";

const { PERIOD } = process.env;
const first = process.env.FIRST.split(" "), second = process.env.SECOND.split(" ");
const area = (name) => `textarea[name=${name}]`;
const part = (name) => `details:has(${area(name)})`;
const heading = (page) => page.textContent("main h1");
const row = (page) => page.$eval("tr[data-category]", (r) => r.innerText);

async function write(page, name, text) {
	await page.waitForSelector(area(name), { state: "attached" });
	if (!(await page.isVisible(area(name)))) await page.click(`${part(name)} > summary`);
	await page.fill(area(name), "");
	await page.type(area(name), text);
}
const save = (page, name) => page.click(`${part(name)} button[type=submit]`);
const said = (page, name, text) => page.waitForSelector(`${part(name)} [role=status]:has-text("${text}")`);

// ---- a session that ends while a text is being written ----
const lena = await open();
await signIn(lena, ...first, `/bild/${PERIOD}`);
await write(lena, "assessment", "En halv text som");
await ask("end_sessions", first[0]);
await save(lena, "assessment");
await lena.waitForSelector("input[name=name]");
told.ended = await lena.innerText("main");
await giveName(lena, ...first);
await lena.waitForSelector(area("assessment"));
told.again = { address: lena.url(), text: await lena.inputValue(area("assessment")) };
await lena.type(area("assessment"), " blev hel.");
await save(lena, "assessment");
await said(lena, "assessment", "Sparat");
// and in the middle of a comment on an edition
await ask("draft");
await lena.goto(`${url}/utgavor/1`);
await lena.click(".desk details summary");
await lena.type("textarea[name=comment]", "En halv kommentar");
await ask("end_sessions", first[0]);
await lena.click(".desk form button[type=submit]");
await giveName(lena, ...first);
await lena.waitForSelector("textarea[name=comment]", { state: "attached" });
told.comment = await lena.inputValue("textarea[name=comment]");
// the next one at the same machine sees nothing of it; a double click is one
await lena.click(".tools button:last-child");
await giveName(lena, ...second);
await lena.waitForSelector("textarea[name=comment]", { state: "attached" });
told.next = await lena.inputValue("textarea[name=comment]");
if (!(await lena.isVisible("textarea[name=comment]"))) await lena.click(".desk details summary");
await lena.type("textarea[name=comment]", "Ruts kommentar");
await lena.dblclick(".desk form button[type=submit]");
await lena.waitForSelector('.log .written:has-text("Ruts")');
told.written = await lena.$$eval(".log .written", (all) => all.length);
await lena.click(".tools button:last-child");
await giveName(lena, ...first);
// a session that ends while nothing is asked for: the next thing that changes tells
await ask("end_sessions", first[0]);
await ask("count");
await lena.goto(`${url}/bild/${PERIOD}`);
await giveName(lena, ...first);

// ---- two write the same section, and two write different ones ----
await lena.goto(`${url}/bild/${PERIOD}`);
const rut = await open();
await signIn(rut, ...second, `/bild/${PERIOD}`);
await write(lena, "police", "Lenas");
await write(rut, "police", "Ruts");
await save(lena, "police");
await said(lena, "police", "Sparat");
await save(rut, "police");
await rut.waitForSelector(`${part("police")} [role=alert]`);
told.conflict = { said: await rut.innerText(part("police")), mine: await rut.inputValue(area("police")), server: (await ask("text")).police };
await save(rut, "police");
await said(rut, "police", "Sparat");
told.kept = (await ask("text")).police;
await write(lena, "public", "Lena för alla");
await save(lena, "public");
await said(lena, "public", "Sparat");
told.different = await ask("text");
// a text from before the session ended meets what was saved since
await write(lena, "public", "Lenas halva");
await ask("end_sessions", first[0]);
await save(lena, "public");
await lena.waitForSelector("input[name=name]");
await rut.reload();
await write(rut, "public", "Ruts nya");
await save(rut, "public");
await said(rut, "public", "Sparat");
await giveName(lena, ...first);
await lena.waitForSelector(`${part("public")} [role=alert]`);
told.late = { said: await lena.innerText(part("public")), mine: await lena.inputValue(area("public")), server: (await ask("text")).public };
await rut.context().close();

// ---- the database away ----
await save(lena, "public");
await said(lena, "public", "Sparat");
const before = { heading: await heading(lena), row: await row(lena) };
const other = await lena.context().newPage(); // will be read again while it is away
await other.goto(`${url}/bild/${PERIOD}`);
await other.waitForSelector("main h1");
await ask("cut");
await lena.waitForSelector("p.away");
told.away = { said: await lena.textContent("p.away"), same: (await heading(lena)) === before.heading && (await row(lena)) === before.row };
await lena.type(area("assessment"), " Och mer.");
await save(lena, "assessment");
await said(lena, "assessment", "ingen kontakt");
await ask("answers");
await other.reload();
await other.waitForSelector("text=/ingen kontakt/");
told.reloaded = await other.innerText("body");
await ask("mend");
await lena.waitForSelector("p.away", { state: "detached" });
await other.waitForSelector("tr[data-category]");
told.back = { text: await lena.inputValue(area("assessment")), heading: await heading(other) };
await save(lena, "assessment");
await said(lena, "assessment", "Sparat");
// and figures come again, by themselves
const was = await row(lena);
await ask("count");
await until("another figure", async () => (await row(lena)) !== was);
told.counted = [was, await row(lena)];
await done();
