/// <reference types="vite/client" />
import { expect, test } from "vitest";
import { inEnglish } from "./problems";

const api = import.meta.glob<string>(["../../*.c", "../../../common/http/*.c"], { query: "?raw", import: "default", eager: true });
const schemas = import.meta.glob<string>("../../../../schemas/sql/*.sql", { query: "?raw", import: "default", eager: true });
const text = (files: Record<string, string>) => Object.values(files).join("\n");
const all = (said: string, what: RegExp) => [...said.matchAll(what)].map((m) => m[1]);

/** Every title that the api's C and SQL can say. */
function titles(): string[] {
	const sql = text(schemas);
	const refusals = all(sql, /((?:problem\(|trouble :=)[^;]*;)/g).join("\n");
	return [
		...all(text(api), /(?:problem|refuse)\((?:c->request|r), [^";]*"([A-ZÅÄÖ][^"]+)"/g),
		...all(refusals, /'([A-ZÅÄÖ][^'%]* [^'%]*)'/g),
		...all(sql, /\('measure_\w+', '\w+', '([^']+)'/g),
	];
}

test("every refusal has its English", () => {
	const found = new Set(titles());
	expect(found.size).toBeGreaterThan(70);
	for (const title of ["Logga in först", "Utgåvan finns inte", "Skriv ja eller nej", "En uppföljd åtgärd behöver ett resultat"]) expect(found).toContain(title);
	expect([...found].filter((title) => inEnglish(title) === title)).toEqual([]);
});

test("who saved a newer version stands in it", () => {
	expect(inEnglish("Lena Ek sparade en nyare version 12:01. Inget har skrivits över.")).toBe("Lena Ek saved a newer version 12:01. Nothing has been overwritten.");
	expect(inEnglish("Någon sparade en nyare version 12:01. Inget har skrivits över.")).toMatch(/^Somebody /);
});

test("which measure is there already stands in it", () => {
	expect(inEnglish("Finns redan: åtgärd 12")).toBe("Is there already: measure 12");
});
