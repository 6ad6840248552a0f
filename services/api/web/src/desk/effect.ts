// Which months a measure is judged by. Pure: data.test.ts.
import { addMonths } from "../figure";

/** From the first whole month after the measure began to the latest whole month, at most the twelve newest; null: none yet. */
export function effectMonths(starts: string | null, latest: string): [from: string, to: string] | null {
	if (!starts) return null;
	const from = starts.endsWith("-01") ? starts.slice(0, 7) : addMonths(starts.slice(0, 7), 1);
	if (from > latest) return null;
	const earliest = addMonths(latest, -11);
	return [from < earliest ? earliest : from, latest];
}
