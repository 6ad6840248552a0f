// Areas by shade, drawn from our own outlines: no tiles, nothing from elsewhere. Each area is a link; the table beside has the same figures.
import type { Figure } from "../api";
import { shadeOf, shades } from "../judge";
import { useData, useShared } from "../state";
import { shown, spoken } from "../figure";

type Ring = [number, number][];
interface Feature {
	properties: { id: string; outline?: string };
	geometry: { type: "Polygon"; coordinates: Ring[] } | { type: "MultiPolygon"; coordinates: Ring[][] };
}

export interface MapPlace {
	code: string;
	name: string;
	figure: Figure;
	href: string;
}

const WIDTH = 420;

function rings(f: Feature): Ring[] {
	return f.geometry.type === "Polygon" ? f.geometry.coordinates : f.geometry.coordinates.flat();
}

/** From degrees to the picture: an equirectangular map of so small a country part is true enough. */
function frameOf(features: Feature[]) {
	const all = features.flatMap(rings).flat();
	const [x0, x1] = [Math.min(...all.map((p) => p[0])), Math.max(...all.map((p) => p[0]))];
	const [y0, y1] = [Math.min(...all.map((p) => p[1])), Math.max(...all.map((p) => p[1]))];
	const squeeze = Math.cos((((y0 + y1) / 2) * Math.PI) / 180);
	const scale = (WIDTH - 48) / ((x1 - x0) * squeeze);
	const place = ([x, y]: [number, number]): [number, number] => [24 + (x - x0) * squeeze * scale, 8 + (y1 - y) * scale];
	return { place, height: Math.ceil((y1 - y0) * scale + 22) };
}

export function AreaMap({ area, places }: { area: string; places: MapPlace[] }) {
	const { t, language } = useShared();
	const { data } = useData<{ features: Feature[] }>(`/api/v1/outlines?area=${encodeURIComponent(area)}`);
	if (!data?.features.length) return null;
	const limits = shades(places.map((p) => p.figure.n ?? 0));
	const inside = data.features.filter((f) => f.properties.id !== area);
	const shownFeatures = inside.length ? inside : data.features;
	const { place, height } = frameOf(shownFeatures);
	const d = (f: Feature) => rings(f).map((r) => "M" + r.map((p) => place(p).map((n) => n.toFixed(1)).join(" ")).join("L") + "Z").join("");
	const size = (f: Feature) => Math.max(...rings(f).flat().map((p) => p[1])) - Math.min(...rings(f).flat().map((p) => p[1]));
	return (
		<figure class="map">
			<svg viewBox={`0 0 ${WIDTH} ${height}`} role="group" aria-label={t.mapLabel}>
				{data.features.filter((f) => f.properties.id === area && inside.length).map((f) => <path class="around" d={d(f)} />)}
				{[...shownFeatures].sort((a, b) => size(b) - size(a)).map((f) => {
					const p = places.find((q) => q.code === f.properties.id);
					if (!p) return <path class="outside" d={d(f)} />;
					const shade = p.figure.n === undefined ? "unknown" : "shade" + shadeOf(p.figure.n, limits);
					return (
						<a href={p.href} aria-label={`${p.name}: ${spoken(p.figure, language)}`}>
							<path class={shade} d={d(f)}>
								<title>{`${p.name}: ${shown(p.figure, language)}`}</title>
							</path>
						</a>
					);
				})}
				{shownFeatures.map((f) => {
					const p = places.find((q) => q.code === f.properties.id);
					if (!p) return null;
					const points = rings(f).flat().map(place);
					const [xs, ys] = [points.map((q) => q[0]), points.map((q) => q[1])];
					return (
						<text aria-hidden="true" x={(Math.min(...xs) + Math.max(...xs)) / 2} y={Math.min(height - 3, Math.max(...ys) + 9)}>
							{p.name.replace(/ \(.*/, "")}
						</text>
					);
				})}
			</svg>
			<figcaption>
				{limits.map((l, i) => (
					<span class="key">
						<i class={"shade" + (i + 1)} /> {l}
						{i + 1 < limits.length ? (limits[i + 1] - 1 > l ? `–${limits[i + 1] - 1}` : "") : "–"}
					</span>
				))}
				<span class="key">
					<i class="shade0" /> 0
				</span>
				<span class="key">
					<i class="unknown" /> {t.unknownShade}
				</span>
				{inside.some((f) => f.properties.outline === "approximate") && <span class="quiet">{t.approximate}</span>}
			</figcaption>
		</figure>
	);
}
