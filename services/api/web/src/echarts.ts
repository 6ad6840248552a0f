// The parts of ECharts that are used, as one file that is fetched when a chart is shown.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { ChartLine } from "./parts/chart";

use([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer]);

/** Draws into box, follows its size and the theme; gives what takes it away. */
export function draw(box: HTMLElement, labels: string[], lines: ChartLine[]): () => void {
	const chart = init(box, null, { renderer: "svg" });
	const show = () => {
		const of = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
		chart.setOption({
			animation: !matchMedia("(prefers-reduced-motion: reduce)").matches && !document.documentElement.classList.contains("paper"),
			animationDuration: 200,
			grid: { left: 36, right: 8, top: 12, bottom: 24 },
			tooltip: { trigger: "axis", confine: true, backgroundColor: of("--card"), borderColor: of("--line"), textStyle: { color: of("--ink") } },
			xAxis: { type: "category", data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: of("--line") } }, axisLabel: { color: of("--quiet") } },
			yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: of("--line") } }, axisLabel: { color: of("--quiet") } },
			series: lines.map((l) => ({
				name: l.name,
				type: l.bars ? "bar" : "line",
				data: l.points,
				connectNulls: false,
				symbolSize: 5,
				itemStyle: { color: of(l.faint ? "--faint" : "--accent") },
				lineStyle: { width: 2 },
			})),
		});
	};
	show();
	const size = new ResizeObserver(() => chart.resize());
	const theme = new MutationObserver(show);
	const system = matchMedia("(prefers-color-scheme: dark)");
	size.observe(box);
	theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
	system.addEventListener("change", show);
	return () => {
		size.disconnect();
		theme.disconnect();
		system.removeEventListener("change", show);
		chart.dispose();
	};
}
