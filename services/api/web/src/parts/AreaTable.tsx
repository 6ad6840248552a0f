// Areas by category of one source, each figure with the earlier one in brackets: where areas are compared, and in a document.
import type { ComponentChildren } from "preact";
import type { AreaRow, Row, Source } from "../api";
import { useApp } from "../app";
import { areaBefore, areaFigure } from "../judge";
import { Value } from "./Value";

interface Props {
	label: string;
	source: Source;
	columns: Row[];
	/** Codes of areas, in their order. */
	areas: string[];
	name: (area: string) => string;
	found: (area: string, category: string) => AreaRow | undefined;
	/** Stands before the head. */
	caption?: ComponentChildren;
	/** What a figure is put into, and its cell's class. */
	around?: (figure: ComponentChildren, area: string, column: Row) => ComponentChildren;
	mark?: (found: AreaRow | undefined) => string;
}

export function AreaTable({ label, source, columns, areas, name, found, caption, around = (figure) => figure, mark = () => "" }: Props) {
	const { t, language } = useApp();
	return (
		<div class="scroll" tabIndex={0} role="group" aria-label={label}>
			<table class="rows compare stacked" role="table">
				{caption}
				<thead>
					<tr>
						<th scope="col">{t.area}</th>
						{columns.map((c) => (
							<th scope="col" class="number">
								{c[language]}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{areas.map((area) => (
						<tr data-area={area} role="row">
							<th scope="row" role="rowheader">
								{name(area)}
							</th>
							{columns.map((c) => {
								const a = found(area, c.category);
								return (
									<td class={"number" + mark(a)} data-category={c.category} data-name={c[language]} role="cell">
										{around(<Value f={areaFigure(a, source)} />, area, c)}{" "}
										<span class="quiet">
											(<Value f={areaBefore(a, source)} />)
										</span>
									</td>
								);
							})}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
