import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { change, get, onSignedOut, Problem, whenLoaded, type Session } from "./api";
import { AppContext, firstLanguage, follow, kept, once, textsOf, useAddress, type App } from "./app";
import { AuditPage, DeskPage, QualityPage } from "./desk/Lazy";
import { Compare } from "./pages/Compare";
import { Edition } from "./document/Edition";
import { Open, OpenEdition } from "./document/Open";
import { Editions } from "./pages/Editions";
import { Picture } from "./pages/Picture";
import { SignIn } from "./pages/SignIn";
import type { Language } from "./text";
import "./style.css";

/** A program prints the page: no controls, no stream, and a mark when all of it stands there. */
const printed = new URLSearchParams(location.search).get("utskrift") === "1";

function Header({ app, setLanguage, leave }: { app: App; setLanguage: (l: Language) => void; leave: () => void }) {
	const { path } = useAddress();
	const t = app.t;
	// From picture to comparison and back the period stays.
	const [, page, period] = /^\/(bild|jamfor)\/(.+)$/.exec(path) ?? [];
	const link = (to: string, text: string, here: boolean) => (
		<a href={to} aria-current={here ? "page" : undefined}>
			{text}
		</a>
	);
	// On a narrow screen the menu is one line: where one is stands in sight.
	const menu = useRef<HTMLElement>(null);
	useEffect(() => {
		const here = menu.current?.querySelector<HTMLElement>("[aria-current]");
		if (here) menu.current!.scrollLeft = here.offsetLeft - menu.current!.offsetLeft - 40;
	}, [path, app.language]);
	const theme = () => {
		const root = document.documentElement;
		const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
		root.dataset.theme = dark ? "light" : "dark";
		kept.set("theme", root.dataset.theme);
	};
	return (
		<header class="top">
			<a class="skip" href="#main">
				{t.skip}
			</a>
			<nav aria-label={t.title} ref={menu}>
				{link(page === "jamfor" ? `/bild/${period}` : "/", t.picture, path === "/" || path.startsWith("/bild"))}
				{link(period ? `/jamfor/${period}` : "/jamfor", t.compare, path.startsWith("/jamfor"))}
				{link("/moten", t.meetings, path.startsWith("/moten"))}
				{link("/atgarder", t.measures, path.startsWith("/atgarder"))}
				{link("/prioritering", t.priorities, path === "/prioritering")}
				{link("/kvalitet", t.quality, path === "/kvalitet")}
				{link("/utgavor", t.editions, path.startsWith("/utgavor"))}
				{app.session.roles?.some((r) => r === "coordinator" || r === "operator") && link("/logg", t.log, path === "/logg")}
			</nav>
			<div class="tools">
				<button type="button" onClick={theme} aria-label={t.theme} title={t.theme}>
					◐
				</button>
				<button type="button" lang={t.otherLanguage} onClick={() => setLanguage(t.otherLanguage)}>
					{t.inOther}
				</button>
				<span class="who">{app.session.display}</span>
				<button type="button" onClick={leave}>
					{t.signOut}
				</button>
			</div>
		</header>
	);
}

/** Above what anybody may read. */
function OpenHeader({ app, setLanguage }: { app: App; setLanguage: (l: Language) => void }) {
	const { otherLanguage, inOther } = app.t;
	return (
		<header class="top">
			<a class="skip" href="#main">
				{app.t.skip}
			</a>
			<nav aria-label={app.t.title}>
				<a href="/offentligt">{app.t.title}</a>
			</nav>
			<div class="tools">
				<button type="button" lang={otherLanguage} onClick={() => setLanguage(otherLanguage)}>
					{inOther}
				</button>
				<a href="/">{app.t.signIn}</a>
			</div>
		</header>
	);
}

function Page() {
	const { path } = useAddress();
	if (path === "/" || path === "/bild" || path.startsWith("/bild/")) return <Picture period={decodeURIComponent(path.slice(6)) || "latest"} />;
	if (path === "/jamfor" || path.startsWith("/jamfor/")) return <Compare period={decodeURIComponent(path.slice(8)) || "latest"} />;
	if (/^\/(moten|atgarder|prioritering)(\/|$)/.test(path)) return <DeskPage />;
	if (path === "/kvalitet") return <QualityPage />;
	if (path === "/logg") return <AuditPage />;
	if (path === "/utgavor") return <Editions />;
	if (path.startsWith("/utgavor/")) return <Edition id={path.slice(9)} />;
	if (path === "/offentligt") return <Open />;
	if (path.startsWith("/offentligt/")) return <OpenEdition id={path.slice(12)} />;
	return <main id="main">{textsOf(firstLanguage()).notFound}</main>;
}

function Root() {
	const [language, setLanguage] = useState(firstLanguage);
	const [session, setSession] = useState<Session | null>(null);
	const [version, setVersion] = useState("");
	const [away, setAway] = useState(false);
	const [again, setAgain] = useState(false);
	const { path } = useAddress();
	const t = textsOf(language);

	const ask = () =>
		get<Session>("/api/v1/session").then(
			(s) => (setSession(s), setAway(false)),
			(p: Problem) => (setAway(p.status === 0 || p.status >= 500), setTimeout(ask, 3000)),
		);
	useEffect(() => void ask(), []);
	useEffect(
		() =>
			onSignedOut(() => {
				setAgain(true);
				setSession({ account: null });
			}),
		[],
	);
	useEffect(() => {
		document.documentElement.lang = language;
		document.title = t.title;
		kept.set("language", language);
	}, [language]);
	useEffect(() => {
		if (!session?.account || printed) return;
		let stream: EventSource;
		let timer = 0;
		const listen = () => {
			stream = new EventSource("/api/v1/changes");
			stream.addEventListener("figures", (e) => (setVersion((e as MessageEvent).data), setAway(false)));
			stream.addEventListener("away", () => setAway(true));
			stream.onerror = () => {
				setAway(true);
				if (stream.readyState !== EventSource.CLOSED) return; // it tries again by itself
				timer = window.setTimeout(look, 2000);
			};
		};
		// An answer that is no stream ends it for good: the session has ended, or the database is away.
		const look = () =>
			get<Session>("/api/v1/session").then(
				(s) => (s.account ? listen() : (setAway(false), setAgain(true), setSession(s))),
				() => (timer = window.setTimeout(look, 2000)),
			);
		listen();
		return () => {
			clearTimeout(timer);
			stream.close();
		};
	}, [session?.account]);

	if (!session) return <p class="note">{away ? t.away : t.loading}</p>;
	const app: App = { language, t, session, version };
	const leave = () => change("DELETE", "/api/v1/session").finally(() => (setAgain(false), setSession({ account: null })));
	return (
		<AppContext.Provider value={app}>
			{session.account ? (
				<div onClick={follow} onClickCapture={once}>
					<Header app={app} setLanguage={setLanguage} leave={leave} />
					{away && (
						<p class="away" role="status">
							{t.away}
						</p>
					)}
					<Page />
				</div>
			) : path.startsWith("/offentligt") ? (
				<div onClick={follow} onClickCapture={once}>
					<OpenHeader app={app} setLanguage={setLanguage} />
					<Page />
				</div>
			) : (
				<SignIn session={session} again={again} setLanguage={setLanguage} done={(s) => (setAgain(false), setSession(s))} />
			)}
		</AppContext.Provider>
	);
}

if (printed) {
	document.documentElement.classList.add("on-paper");
	whenLoaded(() => (document.documentElement.dataset.ready = "1"));
}
const theme = kept.get("theme");
if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
render(<Root />, document.getElementById("app")!);
