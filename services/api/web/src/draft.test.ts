import { expect, test } from "vitest";
import { keep, kept } from "./draft";

test("a text is kept until it is saved", () => {
	const map = new Map<string, string>();
	const store = { getItem: (k: string) => map.get(k) ?? null, setItem: (k: string, v: string) => void map.set(k, v), removeItem: (k: string) => void map.delete(k) };
	expect(kept(store, "note", "sparat")).toBe("sparat");
	keep(store, "note", "sparat och mer", "sparat");
	expect(kept(store, "note", "sparat")).toBe("sparat och mer");
	keep(store, "note", "sparat", "sparat");
	expect(map.size).toBe(0);
});
