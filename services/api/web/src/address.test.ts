import { expect, test } from "vitest";
import { cellsQuery, format, parse } from "./address";

test("an address says what is shown, there and back", () => {
	const a = parse("/bild/2026-03", "?omrade=1881-centrum&kalla=police&kategori=DAM&visa=DAM.police");
	expect(a).toEqual({ page: "bild", rest: "2026-03", omrade: "1881-centrum", kalla: "police", kategori: "DAM", visa: "DAM.police", utskrift: false });
	expect(format(a)).toBe("/bild/2026-03?omrade=1881-centrum&kalla=police&kategori=DAM&visa=DAM.police");
	expect(parse("/", "").page).toBe("");
	expect(format({})).toBe("/");
	expect(parse("/bild/2026-02--2026-03", "?utskrift=1")).toMatchObject({ rest: "2026-02/2026-03", utskrift: true });
	expect(format({ page: "bild", rest: "2026-02/2026-03" })).toBe("/bild/2026-02--2026-03");
	expect(parse("/bild/%E0%A4%A", "").rest).toBe("%E0%A4%A");
});

test("cells are asked for by the same filter", () => {
	expect(cellsQuery({ from: "2026-03", to: "2026-03", area: "1881", source: "police" }, "csv-excel")).toBe(
		"/api/v1/cells?from=2026-03&to=2026-03&area=1881&source=police&format=csv-excel",
	);
});
