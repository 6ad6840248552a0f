// screenshots.mjs: called by screenshots.sh. URL, PASSWORD of the demo's coordinator, PERIOD, OUT.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../services/api/web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const { URL: url, PASSWORD, PERIOD, OUT } = process.env;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

for (const [name, width, height, colorScheme] of [
	["page", 1280, 1500, "light"],
	["phone", 390, 844, "dark"],
]) {
	const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
	await page.goto(url + "/");
	await page.fill("input[name=name]", "samordnare");
	await page.fill("input[name=password]", PASSWORD);
	await page.click("button.main");
	await page.waitForSelector("header.top");
	await page.goto(`${url}/bild/${PERIOD}`);
	await page.waitForSelector("svg.map");
	await page.screenshot({ path: `${OUT}/${name}.png` });
	await page.close();
}
await browser.close();
