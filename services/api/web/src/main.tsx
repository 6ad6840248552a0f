import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get, onSignedOut, Problem, type Session } from "./api";
import { Frame } from "./parts/frame";
import { SignIn } from "./parts/signin";
import { Page } from "./pages";
import { follow, SharedContext, textsOf, useAddress, useSetting, useVersion } from "./state";
import type { Language } from "./text";
import "./style.css";

const RETRY_MS = 3000;

function App() {
	const [language, setLanguage] = useSetting("language", "sv");
	const [theme, setTheme] = useSetting("theme", "");
	const [session, setSession] = useState<Session | null>(null);
	const [again, setAgain] = useState(false);
	const [away, setAway] = useState(false);
	const at = useAddress();
	const signedIn = !!session?.account;
	const version = useVersion(signedIn && !again);

	useEffect(() => {
		onSignedOut(() => setAgain(true));
		let timer = 0;
		const look = () =>
			get<Session>("/api/v1/session").then(
				(s) => {
					setAway(false);
					setSession(s);
				},
				(e: Problem) => {
					setAway(true);
					timer = window.setTimeout(look, e.status === 0 || e.status >= 500 ? RETRY_MS : RETRY_MS * 10);
				},
			);
		void look();
		return () => clearTimeout(timer);
	}, []);
	useEffect(() => {
		document.documentElement.lang = language;
		document.documentElement.dataset.theme = theme;
		document.documentElement.classList.toggle("paper", at.utskrift);
	}, [language, theme, at.utskrift]);

	// The page stays behind the question for a new sign-in: nothing of what stands there is lost.
	const signIn = (s: Session) => {
		setSession(s);
		setAgain(false);
	};
	const shared = {
		language: language as Language,
		t: textsOf(language as Language),
		session: again ? { account: null } : session,
		at,
		version,
		reached: (there: boolean) => setAway(!there),
	};
	return (
		<SharedContext.Provider value={shared}>
			<div onClick={follow}>
				<Frame away={away} language={language as Language} setLanguage={setLanguage} theme={theme} setTheme={setTheme} display={signedIn ? (session!.display ?? session!.name ?? "") : ""}>
					{session && !signedIn && <SignIn done={signIn} again={false} />}
					{signedIn && <Page />}
				</Frame>
				{again && (
					<div class="over" role="dialog" aria-modal="true" aria-labelledby="signin">
						<SignIn done={signIn} again={true} />
					</div>
				)}
			</div>
		</SharedContext.Provider>
	);
}

render(<App />, document.getElementById("app")!);
