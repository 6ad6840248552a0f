// The one chart that needs a library: loaded by itself when a row is opened.
import { BarChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { monthName } from "../figure";
import type { Language } from "../text";

use([BarChart, GridComponent, TooltipComponent, SVGRenderer]);

/** Bars by month; a month that is not known has none. Gives what takes it away again. */
export function bars(place: HTMLElement, months: string[], values: (number | null)[], language: Language): () => void {
	const chart = init(place, undefined, { renderer: "svg" });
	const draw = () => {
		const style = getComputedStyle(place);
		const ink = style.getPropertyValue("--ink");
		chart.setOption({
			animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
			textStyle: { color: ink, fontFamily: style.fontFamily },
			grid: { left: 36, right: 32, top: 12, bottom: 28 },
			tooltip: { trigger: "axis" },
			xAxis: { type: "category", data: months.map((m) => monthName(m, language)), axisLabel: { color: ink, hideOverlap: true, formatter: (name: string) => name.replace(/^(...)\S*/, "$1") } },
			yAxis: { type: "value", minInterval: 1, axisLabel: { color: ink }, splitLine: { lineStyle: { color: style.getPropertyValue("--line") } } },
			series: [{ type: "bar", data: values.map((v) => v ?? "-"), itemStyle: { color: style.getPropertyValue("--mark") } }],
		});
	};
	draw();
	const fit = () => chart.resize();
	window.addEventListener("resize", fit);
	// The colours are the theme's: the reader's own choice, or the system's.
	const chosen = new MutationObserver(draw);
	chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
	const system = matchMedia("(prefers-color-scheme: dark)");
	system.addEventListener("change", draw);
	return () => {
		window.removeEventListener("resize", fit);
		chosen.disconnect();
		system.removeEventListener("change", draw);
		chart.dispose();
	};
}
