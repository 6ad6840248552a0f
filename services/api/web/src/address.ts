// The address is the filter: what is shown is in it, so a link shows the same to whoever may see it. Pure: address.test.ts.

export interface Address {
	/** "bild", "jamfor", "kvalitet", "moten", "atgarder", "prioritering", "dokument", "utgavor"; "" is the start. */
	page: string;
	/** What follows: a period for bild and jamfor, a number for utgavor. A span's slash is written "--" here. */
	rest: string;
	omrade: string;
	kalla: string;
	kategori: string;
	/** Whose figures are open: "DAM.police". */
	visa: string;
	/** For paper: no controls. */
	utskrift: boolean;
}

const kept = ["omrade", "kalla", "kategori", "visa"] as const;

export function parse(path: string, search: string): Address {
	const [page = "", ...rest] = path.split("/").filter(Boolean).map(decode);
	const q = new URLSearchParams(search);
	const of = (name: string) => q.get(name) ?? "";
	return {
		page,
		rest: rest.join("/").replace("--", "/"),
		omrade: of("omrade"),
		kalla: of("kalla"),
		kategori: of("kategori"),
		visa: of("visa"),
		utskrift: of("utskrift") === "1",
	};
}

function decode(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

export function format(a: Partial<Address>): string {
	const q = new URLSearchParams();
	for (const name of kept) if (a[name]) q.set(name, a[name] as string);
	if (a.utskrift) q.set("utskrift", "1");
	const rest = a.rest ? "/" + encodeURIComponent(a.rest.replace("/", "--")) : "";
	const query = q.toString();
	return `/${a.page ?? ""}${rest}${query ? "?" + query : ""}`;
}

/** The question for the cells behind a figure: the same filter as the address. */
export function cellsQuery(a: { from: string; to: string; area: string; category?: string; source?: string }, format = ""): string {
	const q = new URLSearchParams({ from: a.from, to: a.to, area: a.area });
	if (a.category) q.set("category", a.category);
	if (a.source) q.set("source", a.source);
	if (format) q.set("format", format);
	return "/api/v1/cells?" + q;
}
