import { expect, test } from "vitest";
import { draw, place, type Feature, type Shape } from "./outline";

const square = (id: string, lon: number, lat: number, size: number): Feature => ({
	properties: { id },
	geometry: { type: "Polygon", coordinates: [[[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]] },
});

test("north is up, a degree of longitude is as wide as at that latitude, and what lies in another comes after it", () => {
	const drawn = draw([square("small", 15.1, 59.1, 0.01), square("whole", 15, 59, 1)])!;
	expect(drawn.shapes.map((s) => s.id)).toEqual(["whole", "small"]);
	expect(drawn.height / drawn.width).toBeCloseTo(1 / Math.cos((59.5 * Math.PI) / 180), 3);
	const small = drawn.shapes[1];
	expect(small.y).toBeGreaterThan(drawn.height / 2);
	expect(small.x).toBeLessThan(drawn.width / 2);
	expect(draw([])).toBeNull();
});

const shape = (id: string, x: number, y: number, r: number): Shape => ({ id, d: "", x, y, box: { left: x - r, right: x + r, top: y - r, bottom: y + r } });
const width = (text: string) => text.length * 12.5;

test("no label lies on another or outside the map; a small shape's stands beside it with a line", () => {
	const wanted = [
		{ ...shape("a", 300, 200, 4), text: "Centrum 23" },
		{ ...shape("b", 303, 203, 4), text: "Kumlaby 5" },
		{ ...shape("c", 590, 200, 4), text: "Vid kanten 2" },
		{ ...shape("d", 100, 100, 90), text: "7" },
	];
	const labels = place(wanted, { width: 600, height: 400 });
	expect(labels.map((l) => [l.text, l.away])).toEqual([["Centrum 23", true], ["Kumlaby 5", true], ["Vid kanten 2", true], ["7", false]]);
	const boxes = labels.map((l) => {
		const left = l.anchor === "start" ? l.x : l.anchor === "end" ? l.x - width(l.text) : l.x - width(l.text) / 2;
		return { left, right: left + width(l.text), y: l.y };
	});
	for (const [i, a] of boxes.entries()) {
		expect(a.left).toBeGreaterThanOrEqual(0);
		expect(a.right).toBeLessThanOrEqual(600);
		for (const b of boxes.slice(i + 1)) expect(a.left < b.right && b.left < a.right && Math.abs(a.y - b.y) < 22).toBe(false);
	}
});

test("no label lies on what must be seen", () => {
	const small = shape("small", 300, 190, 6);
	const [label] = place([{ ...shape("large", 300, 200, 60), text: "Stad" }], { width: 600, height: 400 }, [small]);
	expect(label.away).toBe(true);
});

test("where there is no room at all, a label is left out rather than laid on another", () => {
	const crowd = Array.from({ length: 60 }, (_, i) => ({ ...shape(String(i), 50, 50, 2), text: "Område 1" }));
	const labels = place(crowd, { width: 100, height: 100 });
	expect(labels.length).toBeGreaterThan(0);
	expect(labels.length).toBeLessThan(10);
});
