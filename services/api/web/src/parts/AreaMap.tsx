import { useMemo } from "preact/hooks";
import type { Figure } from "../api";
import { useApp, useLoaded } from "../app";
import { shown } from "../figure";
import { draw, place, type Feature, type Shape } from "../outline";

interface Props {
	area: string;
	/** Of what has a place in the picture: what is not named, as an institution, is not drawn. */
	names: Record<string, { name: string }>;
	values: Map<string, Figure>;
	/** None: nothing can be chosen, as on paper. */
	chosen?: string;
	choose?: (code: string) => void;
	/** What an area's figure is called, and marked by (a sign and the level that colours it), where it is no count. */
	told?: (code: string) => string;
	mark?: (code: string) => [sign: string, level: string];
}

/** So many areas, those with the most, are named on the map; the others bear their figure alone. */
const NAMED = 3;
const SMALL = 60;

/** Outlines drawn as they are: no tiles, nobody else is asked. values: by area; the whole area's own outline is the frame. What has no outline is
 * said below. */
export function AreaMap({ area, names, values, chosen = "", choose, told, mark }: Props) {
	const { language, t } = useApp();
	const { value } = useLoaded<{ features: Feature[] }>(`/api/v1/outlines?area=${encodeURIComponent(area)}`);
	const codes = Object.keys(names).join(" ");
	const drawn = useMemo(() => draw((value?.features ?? []).filter((f) => f.properties.id === area || names[f.properties.id])), [value, area, codes]);
	const labels = useMemo(() => {
		if (!drawn) return [];
		const some = drawn.shapes.filter((s) => s.id !== area && (mark || (values.get(s.id)?.n ?? 0) > 0)).sort((a, b) => (values.get(b.id)?.n ?? 0) - (values.get(a.id)?.n ?? 0));
		const text = (s: Shape, i: number) => (mark ? `${mark(s.id)[0]} ${names[s.id].name}`.trim() : `${i < NAMED ? (names[s.id]?.name ?? s.id) + " " : ""}${shown(values.get(s.id)!, language)}`);
		// A small one that bears a mark is not hidden by a name.
		const seen = mark ? some.filter((s) => (values.get(s.id)?.n ?? 0) > 0 && s.box.right - s.box.left < SMALL) : [];
		return place(some.map((s, i) => ({ ...s, text: text(s, i) })), drawn, seen);
	}, [drawn, values, names, language, mark]);
	if (!drawn) return null;
	const outside = Object.keys(names)
		.filter((code) => code !== area && !drawn.shapes.some((s) => s.id === code))
		.map((code) => names[code].name)
		.sort((a, b) => a.localeCompare(b, "sv"));
	const max = Math.max(1, ...[...values.values()].map((f) => f.n ?? 0));
	return (
		<div>
			<svg class="map" viewBox={`0 0 ${drawn.width.toFixed(0)} ${drawn.height.toFixed(0)}`} role={choose ? "group" : "img"} aria-label={t.areas}>
				{drawn.shapes.map(({ id, d }) => {
					if (id === area) return <path class="frame" d={d} />;
					const f = values.get(id);
					const label = `${names[id]?.name ?? id}: ${told ? told(id) : shown(f ?? { s: ".." }, language)}`;
					const press = choose && (() => choose(id === chosen ? "" : id));
					return (
						<g class={id === chosen ? "chosen" : ""} data-area={id}>
							<path
								class={f?.n === undefined ? "unknown" : "shape"}
								d={d}
								style={{ "--heat": (f?.n ?? 0) / max }}
								{...(press && {
									tabIndex: 0,
									role: "button",
									"aria-label": label,
									"aria-pressed": id === chosen,
									onClick: press,
									onKeyDown: (e: KeyboardEvent) => (e.key === "Enter" || e.key === " ") && (e.preventDefault(), press()),
								})}
							>
								<title>{label}</title>
							</path>
						</g>
					);
				})}
				{labels.map((l) => (
					<g class={`label ${mark ? mark(l.id)[1] : ""}`} aria-hidden="true">
						{l.away && <line x1={l.from.x} y1={l.from.y} x2={l.to.x} y2={l.to.y} />}
						<text x={l.x} y={l.y} text-anchor={l.anchor}>
							{l.text}
						</text>
					</g>
				))}
			</svg>
			{outside.length > 0 && (
				<p class="quiet no-outline">
					{t.noOutline}: {outside.join(", ")}
				</p>
			)}
		</div>
	);
}
