import { useApp } from "../app";
import { addMonths, monthName } from "../figure";

/** Three years of months as a line; a month that is not known whole is a gap, one between two such is a dot. The table of the same stands behind the row's link. */
export function Spark({ series, first, mark }: { series: (number | null)[]; first: string; mark: number }) {
	const { language } = useApp();
	const w = 108;
	const h = 24;
	const max = Math.max(1, ...series.map((v) => v ?? 0));
	const x = (i: number) => (i / Math.max(1, series.length - 1)) * (w - 4) + 2;
	const y = (v: number) => h - 3 - (v / max) * (h - 6);
	let d = "";
	series.forEach((v, i) => {
		if (v === null) return;
		const at = x(i).toFixed(1) + " " + y(v).toFixed(1);
		d += i === 0 || series[i - 1] === null ? `M${at}h0` : `L${at}`;
	});
	const known = series.flatMap((v, i) => (v === null ? [] : [[i, v] as const]));
	if (!known.length) return null;
	const top = known.reduce((a, b) => (b[1] > a[1] ? b : a), [0, -1] as readonly [number, number]);
	const label = `${monthName(addMonths(first, 0), language)} – ${monthName(addMonths(first, series.length - 1), language)}, max ${top[1]} ${monthName(addMonths(first, top[0]), language)}`;
	return (
		<svg class="spark" viewBox={`0 0 ${w} ${h}`} width={w} height={h} role="img" aria-label={label}>
			<path d={d} stroke-linecap="round" />
			{series.slice(mark).map((v, i) => v !== null && <circle cx={x(mark + i)} cy={y(v)} r="2" />)}
		</svg>
	);
}
