import { expect, test } from "vitest";
import { drop, keep, kept } from "./draft";

const storage = () => {
	const map = new Map<string, string>();
	return { map, getItem: (k: string) => map.get(k) ?? null, setItem: (k: string, v: string) => void map.set(k, v), removeItem: (k: string) => void map.delete(k) };
};

test("a text is kept until it is saved", () => {
	const store = storage();
	expect(kept(store, "note", "sparat").text).toBe("sparat");
	keep(store, "note", { text: "sparat och mer", from: "sparat" });
	expect(kept(store, "note", "sparat")).toEqual({ text: "sparat och mer", from: "sparat" });
	keep(store, "note", { text: "sparat", from: "sparat" });
	expect(store.map.size).toBe(0);
});

test("what somebody else has saved meanwhile shows by what the text was written from", () => {
	const store = storage();
	keep(store, "note", { text: "min", from: "" });
	expect(kept(store, "note", "den andras")).toEqual({ text: "min", from: "" });
	expect(kept(store, "note", "min")).toEqual({ text: "min", from: "min" });
});

test("what is written while the text is being saved stays", () => {
	const store = storage();
	keep(store, "note", { text: "ett två", from: "" });
	drop(store, "note", "ett");
	expect(kept(store, "note", "ett")).toEqual({ text: "ett två", from: "ett" });
	drop(store, "note", "ett två");
	expect(store.map.size).toBe(0);
});

test("a browser's own rubbish is no text", () => {
	const store = storage();
	store.setItem("lagesbild.draft.note", "{");
	expect(kept(store, "note", "sparat").text).toBe("sparat");
});
