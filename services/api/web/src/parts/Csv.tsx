import { useApp } from "../app";
import { csv, type Field } from "../csv";

/** What a chart or a table shows, as a file: the same figures, with what they lack. of: what it is, for who hears the button. */
export function Csv({ of, name, head, rows }: { of: string; name: string; head: string[]; rows: () => Field[][] }) {
	const { t } = useApp();
	const save = () => {
		const a = document.createElement("a");
		a.href = URL.createObjectURL(new Blob([csv(head, rows())], { type: "text/csv" }));
		a.download = `lagesbild-${name.toLowerCase().replace(/[^\p{L}\d]+/gu, "-")}.csv`;
		a.click();
		URL.revokeObjectURL(a.href);
	};
	return (
		<button type="button" class="screen link" onClick={save} aria-label={`${t.csv}: ${of}`}>
			{t.csv}
		</button>
	);
}
