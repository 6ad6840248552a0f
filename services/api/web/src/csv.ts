// A table as a file that Swedish Excel opens right: UTF-8 with a mark, semicolons, a decimal comma. Pure: csv.test.ts.

export type Field = string | number | null;

function field(value: Field): string {
	if (value === null) return "";
	if (typeof value === "number") return String(value).replace(".", ",");
	const formula = /^[=+\-@\t\r]/.test(value); // what a spreadsheet would run
	return formula || /[;"\r\n]/.test(value) ? `"${formula ? "'" : ""}${value.replace(/"/g, '""')}"` : value;
}

export const csv = (head: string[], rows: Field[][]) => "\ufeff" + [head, ...rows].map((row) => row.map(field).join(";") + "\r\n").join("");
