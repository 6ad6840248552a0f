// From the address to a page.
import { useShared } from "../state";
import { Compare } from "./compare";
import { Editions } from "./editions";
import { Month } from "./month";
import { Quality } from "./quality";

export function Page() {
	const { t, at } = useShared();
	const area = at.omrade ? `?area=${encodeURIComponent(at.omrade)}` : "";
	const period = at.rest || "latest";
	switch (at.page) {
		case "":
		case "bild":
			return <Month path={`/api/v1/summary/${period}${area}`} />;
		case "jamfor":
			return <Compare path={`/api/v1/summary/${period}${area}`} />;
		case "kvalitet":
			return <Quality />;
		case "utgavor":
			return /^\d+$/.test(at.rest) ? <Month path={`/api/v1/summary/latest?edition=${at.rest}${area.replace("?", "&")}`} /> : <Editions />;
		case "moten":
		case "atgarder":
		case "prioritering":
		case "dokument":
			return <p class="notice">{t.comes}</p>;
		default:
			return <p class="notice">{t.notFound}</p>;
	}
}
