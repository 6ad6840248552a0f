// Other measures that this one depends on, or that have the same problem: chosen by their titles.
import { useApp, useLoaded } from "../app";
import type { Measure, Rows } from "./data";
import { useWords } from "./fields";
import type { Sheet } from "./sheet";

export function Links({ s, may }: { s: Sheet<Measure>; may: boolean }) {
	const w = useWords();
	const { session } = useApp();
	const { value } = useLoaded<Rows<Measure>>(session.account ? "/api/v1/measures" : null);
	const others = value?.rows.filter((m) => m.id !== s.saved.id) ?? [];
	// What another measure says of this one is a link too.
	const back = others.flatMap((m) => (["depends_on", "same_problem"] as const).filter((k) => m[k].includes(s.saved.id) && !s.value[k].includes(m.id)).map((k) => ({ m, k })));
	if (!may && !back.length && !s.value.depends_on.length && !s.value.same_problem.length) return null;
	return (
		<section aria-labelledby="links" class={s.value.depends_on.length || s.value.same_problem.length || back.length ? "" : "screen"}>
			<h2 id="links">{w.links}</h2>
			{(["depends_on", "same_problem"] as const).map((name) => {
				const chosen = s.value[name];
				if (!may && !chosen.length) return null;
				return (
					<div class={chosen.length ? "field" : "field screen"}>
						{may ? <label for={`f-${name}`}>{w[name]}</label> : <h3>{w[name]}</h3>}
						<ul class="plain">
							{chosen.map((id) => {
								const title = others.find((m) => m.id === id)?.title ?? `#${id}`;
								return (
									<li>
										<a href={`/atgarder/${id}`}>{title}</a>{" "}
										{may && (
											<button type="button" class="screen" aria-label={`${w.removeLink}: ${title}`} title={w.removeLink} onClick={() => s.set(name, chosen.filter((x) => x !== id))}>
												✕
											</button>
										)}
									</li>
								);
							})}
						</ul>
						{may && (
							<select
								class="screen"
								id={`f-${name}`}
								value=""
								onChange={(e) => {
									const id = Number(e.currentTarget.value);
									e.currentTarget.value = "";
									if (id) s.set(name, [...chosen, id]);
								}}
							>
								<option value="">{w.addLink} …</option>
								{others
									.filter((m) => !chosen.includes(m.id))
									.map((m) => (
										<option value={m.id}>{m.title}</option>
									))}
							</select>
						)}
					</div>
				);
			})}
			{back.length > 0 && (
				<ul class="plain">
					{back.map(({ m, k }) => (
						<li>
							<a href={`/atgarder/${m.id}`}>{m.title}</a> <span class="quiet">({w.linkedBack[k]})</span>
						</li>
					))}
				</ul>
			)}
		</section>
	);
}
