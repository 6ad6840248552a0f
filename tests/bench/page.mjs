// page.mjs: cold views of the month's page as a telephone has them, for page.py: a slow CPU and a slow network, nothing kept from before but the session.
// What the page itself saw (Performance API of the browser) is read afterwards; bytes are what came over the wire, headers and all.
//
//   PERSON   name and password, parted by a blank    SLOWER         how many times slower than this machine the CPU is
//   TIMES    how often                               KBPS, RTT_MS   the network, both ways
import { browser, done, signIn, told, until, url } from "../browser/common.mjs";

const { PERSON, SLOWER, TIMES, KBPS, RTT_MS } = process.env;
const phone = { viewport: { width: 412, height: 823 }, deviceScaleFactor: 1.75, isMobile: true, hasTouch: true };

/** Before anything of the page runs: what it paints largest, what it blocks for, and when verdict and table stand there. */
const watch = () => {
	const seen = (globalThis.seen = { lcp: 0, long: [], usable: 0 });
	new PerformanceObserver((l) => (seen.lcp = Math.max(seen.lcp, ...l.getEntries().map((e) => e.startTime)))).observe({ type: "largest-contentful-paint", buffered: true });
	new PerformanceObserver((l) => seen.long.push(...l.getEntries().map((e) => [e.startTime, e.duration]))).observe({ type: "longtask", buffered: true });
	const look = () => {
		if (document.querySelector("#verdict") && document.querySelector("tr[data-category] [data-n]")) requestAnimationFrame(() => (seen.usable = performance.now()));
		else requestAnimationFrame(look);
	};
	requestAnimationFrame(look);
};

/** Total blocking time (https://web.dev/articles/tbt): what of each long task goes beyond 50 ms, from the first paint until it can be used. */
const blocking = (long, from, to) => long.filter(([at]) => at >= from && at < to).reduce((sum, [, ms]) => sum + Math.max(0, ms - 50), 0);

async function view() {
	const page = await context.newPage();
	page.on("pageerror", (e) => told.errors.push(e.message));
	page.on("console", (m) => m.type() === "error" && told.errors.push(m.text()));
	const cdp = await context.newCDPSession(page);
	const came = new Map(); // request -> bytes
	cdp.on("Network.dataReceived", (e) => came.set(e.requestId, (came.get(e.requestId) ?? 0) + e.encodedDataLength));
	cdp.on("Network.responseReceived", (e) => came.set(e.requestId, (came.get(e.requestId) ?? 0) + e.response.encodedDataLength));
	cdp.on("Network.loadingFinished", (e) => came.set(e.requestId, Math.max(came.get(e.requestId) ?? 0, e.encodedDataLength)));
	await cdp.send("Network.enable");
	await cdp.send("Network.clearBrowserCache");
	await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: Number(RTT_MS), downloadThroughput: (KBPS * 1000) / 8, uploadThroughput: (KBPS * 1000) / 8 });
	await cdp.send("Emulation.setCPUThrottlingRate", { rate: Number(SLOWER) });
	await page.addInitScript(watch);
	await page.goto(url + "/", { waitUntil: "commit" });
	await until("verdict and table", () => page.evaluate(() => globalThis.seen?.usable > 0));
	await page.waitForTimeout(3000); // what it fetches after it can be used counts as bytes, too
	const seen = await page.evaluate(() => ({ ...globalThis.seen, first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0, asked: performance.getEntriesByType("resource").map((r) => `${r.name.replace(location.origin, "")} ${Math.round(r.startTime)}+${Math.round(r.duration)}`) }));
	const rows = await page.locator("tr[data-category]").count();
	await page.close();
	return { ...seen, rows, blocking: blocking(seen.long, seen.first, seen.usable), bytes: [...came.values()].reduce((a, b) => a + b, 0) };
}

const context = await browser.newContext(phone);
const first = await context.newPage();
await signIn(first, ...PERSON.split(" "), "/kvalitet");
await first.close();
told.views = [];
await view(); // the browser's own first page, of which nothing is measured
for (let n = 0; n < Number(TIMES); n++) told.views.push(await view());
await done();
