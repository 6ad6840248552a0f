// A line or bars over months by ECharts, fetched when the first one is shown. Its table stands below it, so it is hidden from readers of text.
import { useEffect, useRef } from "preact/hooks";

export interface ChartLine {
	name: string;
	points: (number | null)[];
	bars?: boolean;
	faint?: boolean;
}

export function Chart({ labels, lines, height = 220 }: { labels: string[]; lines: ChartLine[]; height?: number }) {
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => {
		let release = () => {};
		let wanted = true;
		void import("../echarts").then(({ draw }) => {
			if (wanted && box.current) release = draw(box.current, labels, lines);
		});
		return () => {
			wanted = false;
			release();
		};
	}, [JSON.stringify([labels, lines])]);
	return <div class="chart" ref={box} style={{ height: `${height}px` }} aria-hidden="true" />;
}
