// What is loaded only when it is needed. After a release the old parts may be gone: then the reader is asked to load the page anew.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useApp } from "../app";

export function lazily<P extends object>(load: () => Promise<ComponentType<P>>, small = false) {
	let known: ComponentType<P> | null = null;
	return (props: P) => {
		const { t } = useApp();
		const [Part, set] = useState<ComponentType<P> | null>(() => known);
		const [failed, fail] = useState(false);
		useEffect(() => {
			if (Part) return;
			load().then(
				(part) => set(() => (known = part)),
				() => fail(true),
			);
		}, []);
		if (Part) return <Part {...props} />;
		if (small) return null;
		return (
			<main id="main">
				<p class="note" role="status">
					{failed ? t.away : t.loading}
				</p>
				{failed && (
					<button type="button" onClick={() => location.reload()}>
						↻
					</button>
				)}
			</main>
		);
	};
}

export const DeskPage = lazily(async () => (await import("./Desk")).Desk);
export const MeasuresBlock = lazily(async () => (await import("./Block")).MeasuresBlock, true);
export const Levels = lazily(async () => (await import("./Block")).Levels, true);
export const AuditPage = lazily(async () => (await import("../pages/Audit")).Audit);
export const QualityPage = lazily(async () => (await import("../pages/Quality")).Quality);
