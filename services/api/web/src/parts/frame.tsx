// What stands around every page.
import type { ComponentChildren } from "preact";
import { change } from "../api";
import { useShared } from "../state";
import type { Language } from "../text";

interface Props {
	away: boolean;
	language: Language;
	setLanguage: (l: string) => void;
	theme: string;
	setTheme: (t: string) => void;
	display: string;
	children: ComponentChildren;
}

const pages = ["bild", "jamfor", "moten", "atgarder", "utgavor", "kvalitet"] as const;

function isDark(theme: string): boolean {
	return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function Frame({ away, language, setLanguage, theme, setTheme, display, children }: Props) {
	const { t, at } = useShared();
	const out = () => void change("DELETE", "/api/v1/session").finally(() => location.assign("/"));
	return (
		<>
			<a class="skip" href="#content">
				{t.skip}
			</a>
			<header class="top">
				<a class="mark" href="/">
					<img src="/icon.svg" alt="" width="28" height="28" /> {t.title}
				</a>
				{display && (
					<nav aria-label={t.pages}>
						{pages.map((p) => (
							<a href={p === "bild" ? "/" : "/" + p} aria-current={(at.page || "bild") === p ? "page" : undefined}>
								{t[`page_${p}`]}
							</a>
						))}
					</nav>
				)}
				<div class="tools">
					<button type="button" onClick={() => setLanguage(language === "sv" ? "en" : "sv")} lang={language === "sv" ? "en" : "sv"} aria-label={language === "sv" ? "EN, English" : "SV, svenska"}>
						{language === "sv" ? "EN" : "SV"}
					</button>
					<button type="button" onClick={() => setTheme(isDark(theme) ? "light" : "dark")} aria-label={isDark(theme) ? t.light : t.dark} title={isDark(theme) ? t.light : t.dark}>
						<span aria-hidden="true">{isDark(theme) ? "☀" : "☾"}</span>
					</button>
					{display && (
						<button type="button" onClick={out} title={display}>
							{t.signOut}
						</button>
					)}
				</div>
			</header>
			<div role="status" aria-live="polite">
				{away && <p class="notice away">{t.away}</p>}
			</div>
			<main id="content" tabIndex={-1}>
				{children}
			</main>
		</>
	);
}
