import { useMemo } from "preact/hooks";
import type { Figure } from "../api";
import { useApp, useLoaded } from "../app";
import { shown } from "../figure";

type Ring = [number, number][];
interface Feature {
	properties: { id: string };
	geometry: { type: "Polygon"; coordinates: Ring[] } | { type: "MultiPolygon"; coordinates: Ring[][] };
}

interface Props {
	area: string;
	names: Record<string, { name: string }>;
	values: Map<string, Figure>;
	chosen: string;
	choose: (code: string) => void;
	/** What an area's figure is called, and marked by, where it is no count. */
	told?: (code: string) => string;
	mark?: (code: string) => string;
}

/** Outlines drawn as they are: no tiles, nobody else is asked. values: by area; the whole area's own outline is the frame. */
export function AreaMap({ area, names, values, chosen, choose, told, mark }: Props) {
	const { language, t } = useApp();
	const { value } = useLoaded<{ features: Feature[] }>(`/api/v1/outlines?area=${encodeURIComponent(area)}`);
	const drawn = useMemo(() => draw(value?.features ?? []), [value]);
	if (!drawn) return null;
	const max = Math.max(1, ...[...values.values()].map((f) => f.n ?? 0));
	return (
		<svg class="map" viewBox={`0 0 ${drawn.width.toFixed(0)} ${drawn.height.toFixed(0)}`} role="group" aria-label={t.areas}>
			{drawn.shapes.map(({ id, d, x, y }) => {
				const f = values.get(id);
				const frame = id === area;
				const name = names[id]?.name ?? id;
				const label = `${name}: ${told ? told(id) : shown(f ?? { s: ".." }, language)}`;
				return frame ? (
					<path class="frame" d={d} />
				) : (
					<g class={id === chosen ? "chosen" : ""} data-area={id}>
						<path
							class={f?.n === undefined ? "unknown" : "shape"}
							d={d}
							style={{ "--heat": (f?.n ?? 0) / max }}
							tabIndex={0}
							role="button"
							aria-label={label}
							aria-pressed={id === chosen}
							onClick={() => choose(id === chosen ? "" : id)}
							onKeyDown={(e) => (e.key === "Enter" || e.key === " ") && (e.preventDefault(), choose(id === chosen ? "" : id))}
						>
							<title>{label}</title>
						</path>
						{(f?.n ?? 0) > 0 && (
							<text x={x} y={y} aria-hidden="true">
								{mark ? mark(id) : shown(f!, language)}
							</text>
						)}
					</g>
				);
			})}
		</svg>
	);
}

/** Degrees to a plane: at one latitude's scale, which is enough for a municipality or a county. */
function draw(features: Feature[]) {
	const rings = (f: Feature): Ring[] => (f.geometry.type === "Polygon" ? f.geometry.coordinates : f.geometry.coordinates.flat());
	const all = features.flatMap((f) => rings(f).flat());
	if (!all.length) return null;
	const lon = all.map((p) => p[0]);
	const lat = all.map((p) => p[1]);
	const [west, east] = [Math.min(...lon), Math.max(...lon)];
	const [south, north] = [Math.min(...lat), Math.max(...lat)];
	const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
	const scale = 600 / ((east - west) * squeeze);
	const x = (p: [number, number]) => (p[0] - west) * squeeze * scale;
	const y = (p: [number, number]) => (north - p[1]) * scale;
	const shapes = features.map((f) => {
		const points = rings(f).flat();
		return {
			id: f.properties.id,
			size: points.length ? (Math.max(...points.map(x)) - Math.min(...points.map(x))) * (Math.max(...points.map(y)) - Math.min(...points.map(y))) : 0,
			d: rings(f)
				.map((r) => "M" + r.map((p) => x(p).toFixed(1) + " " + y(p).toFixed(1)).join("L") + "Z")
				.join(""),
			x: (Math.min(...points.map(x)) + Math.max(...points.map(x))) / 2,
			y: (Math.min(...points.map(y)) + Math.max(...points.map(y))) / 2,
		};
	});
	shapes.sort((a, b) => b.size - a.size); // what lies in another is drawn over it
	return { shapes, width: 600, height: (north - south) * scale };
}
