// From outlines in degrees to shapes on a plane, and where their labels stand. Pure: outline.test.ts.

type Point = [number, number];
type Ring = Point[];
export interface Feature {
	properties: { id: string };
	geometry: { type: "Polygon"; coordinates: Ring[] } | { type: "MultiPolygon"; coordinates: Ring[][] };
}
interface Box {
	left: number;
	right: number;
	top: number;
	bottom: number;
}
export interface Shape {
	id: string;
	/** An SVG path. */
	d: string;
	box: Box;
	/** The middle of its box. */
	x: number;
	y: number;
}
export interface Drawing {
	shapes: Shape[];
	width: number;
	height: number;
}

const WIDTH = 600;

/** At one latitude's scale, which is enough for a municipality or a county; the largest first, so that what lies in another is drawn over it. */
export function draw(features: Feature[]): Drawing | null {
	const rings = (f: Feature): Ring[] => (f.geometry.type === "Polygon" ? f.geometry.coordinates : f.geometry.coordinates.flat());
	const whole = bounds(features.flatMap((f) => rings(f).flat()));
	if (!whole) return null;
	const squeeze = Math.cos((((whole.top + whole.bottom) / 2) * Math.PI) / 180);
	const scale = WIDTH / ((whole.right - whole.left) * squeeze);
	const onPlane = ([lon, lat]: Point): Point => [(lon - whole.left) * squeeze * scale, (whole.bottom - lat) * scale];
	const shapes = features.flatMap((f) => {
		const all = rings(f).map((r) => r.map(onPlane));
		const box = bounds(all.flat());
		if (!box) return [];
		const d = all.map((r) => "M" + r.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L") + "Z").join("");
		return [{ id: f.properties.id, d, box, x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }];
	});
	const size = ({ box }: Shape) => (box.right - box.left) * (box.bottom - box.top);
	shapes.sort((a, b) => size(b) - size(a));
	return { shapes, width: WIDTH, height: (whole.bottom - whole.top) * scale };
}

function bounds(points: Point[]): Box | null {
	if (!points.length) return null;
	const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
	for (const [x, y] of points) {
		box.left = Math.min(box.left, x);
		box.right = Math.max(box.right, x);
		box.top = Math.min(box.top, y);
		box.bottom = Math.max(box.bottom, y);
	}
	return box;
}

export interface Label {
	id: string;
	text: string;
	x: number;
	y: number;
	anchor: "start" | "middle" | "end";
	/** It stands beside its shape: a line leads from one to the other. */
	away: boolean;
	from: { x: number; y: number };
	to: { x: number; y: number };
}

const HIGH = 22;
const LETTER = 12.5; // bold, in the widest of the page's fonts

/** Labels in the order of their weight: in the shape's middle where there is room, else beside it, the nearest free place first. One that has no
 * free place anywhere is left out; the table has its figure. seen: what no label may lie on. */
export function place(wanted: (Shape & { text: string })[], { width, height }: { width: number; height: number }, seen: Shape[] = []): Label[] {
	const taken: Box[] = seen.map((s) => s.box);
	const free = (b: Box) =>
		b.left >= 0 && b.right <= width && b.top >= 0 && b.bottom <= height && !taken.some((k) => b.left < k.right && k.left < b.right && b.top < k.bottom && k.top < b.bottom);
	return wanted.flatMap((shape) => {
		const w = shape.text.length * LETTER;
		const at = (x: number, y: number, anchor: Label["anchor"]): Box => {
			const left = anchor === "start" ? x : anchor === "end" ? x - w : x - w / 2;
			return { left, right: left + w, top: y - HIGH / 2, bottom: y + HIGH / 2 };
		};
		const fits = w < shape.box.right - shape.box.left + 2 * LETTER;
		const reach = Math.max(shape.box.right - shape.box.left, shape.box.bottom - shape.box.top) / 2;
		const places: [number, number, Label["anchor"], boolean][] = fits ? [[shape.x, shape.y, "middle", false]] : [];
		for (const far of [14, 34, 60, 90])
			for (const [dx, dy] of [[1, -0.5], [1, 0.5], [-1, -0.5], [-1, 0.5], [0, -1], [0, 1]] as const)
				places.push([shape.x + dx * (reach + far), shape.y + dy * (reach + far), dx > 0 ? "start" : dx < 0 ? "end" : "middle", true]);
		const found = places.find(([x, y, anchor]) => free(at(x, y, anchor)));
		if (!found) return [];
		const [x, y, anchor, away] = found;
		taken.push(at(x, y, anchor));
		const to = { x: anchor === "start" ? x - 2 : anchor === "end" ? x + 2 : x, y: anchor === "middle" ? y + (y < shape.y ? HIGH / 2 : -HIGH / 2) : y };
		return [{ id: shape.id, text: shape.text, x, y: y + HIGH / 4, anchor, away, from: { x: shape.x, y: shape.y }, to }];
	});
}
