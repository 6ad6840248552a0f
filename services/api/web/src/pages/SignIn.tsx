import { useEffect, useState } from "preact/hooks";
import { giveCode, newSecret, Problem, signIn, type Session } from "../api";
import { useApp } from "../app";
import { Qr } from "../parts/Qr";
import type { Language } from "../text";

/** A browser's own autofocus works once a document; this page comes again when a session has ended. */
const focused = (input: HTMLInputElement | null) => input?.focus();

interface Props {
	session: Session;
	again: boolean;
	setLanguage: (l: Language) => void;
	done: (s: Session) => void;
}

/** Name and password; then, for those who have or need one, the second factor. */
export function SignIn({ session, again, setLanguage, done }: Props) {
	const { t } = useApp();
	const [trouble, setTrouble] = useState("");
	const [busy, setBusy] = useState(false);
	const [half, setHalf] = useState<Session | null>(session.second === false ? session : null);

	const attempt = (work: (form: FormData) => Promise<Session>, wrong: string) => async (event: SubmitEvent) => {
		event.preventDefault();
		setBusy(true);
		setTrouble("");
		try {
			const s = await work(new FormData(event.target as HTMLFormElement));
			if (s.account) done(s);
			else setHalf(s);
		} catch (e) {
			const p = e as Problem;
			setTrouble(p.status === 401 ? wrong : p.status === 0 || p.status >= 500 ? t.away : p.title);
		}
		setBusy(false);
	};
	const foot = (text: string) => (
		<>
			<p role="alert" class="trouble">
				{trouble}
			</p>
			<button type="submit" class="main" disabled={busy}>
				{text}
			</button>
		</>
	);
	// Each step with a key: what was typed as a name does not stand in the field of the code.
	if (half)
		return (
			<main id="main" key="second" class="signin">
				<h1>{t.second}</h1>
				{half.enrol && <Enrol />}
				<form onSubmit={attempt((f) => giveCode(String(f.get("code")).trim()), t.wrongCode)}>
					<label>
						{t.code}
						<input name="code" inputMode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,7}" title={t.sixDigits} required ref={focused} />
					</label>
					{foot(t.signIn)}
				</form>
			</main>
		);
	return (
		<main id="main" key="first" class="signin">
			<h1>{t.title}</h1>
			<p>{again ? t.again : t.signInLead}</p>
			<form onSubmit={attempt((f) => signIn(String(f.get("name")), String(f.get("password"))), t.wrong)}>
				<label>
					{t.name}
					<input name="name" autocomplete="username" autocapitalize="none" required ref={focused} />
				</label>
				<label>
					{t.password}
					<input name="password" type="password" autocomplete="current-password" required />
				</label>
				{foot(t.signIn)}
			</form>
			<p class="switch">
				<a href="/offentligt">{t.forAll}</a>
				<button type="button" lang={t.otherLanguage} onClick={() => setLanguage(t.otherLanguage)}>
					{t.inOther}
				</button>
			</p>
		</main>
	);
}

/** The secret is shown once, to be taken into an app for codes. */
function Enrol() {
	const { t } = useApp();
	const [made, setMade] = useState<{ secret: string; uri: string } | null>(null);
	useEffect(() => void newSecret().then(setMade, () => {}), []);
	return (
		<section>
			<p>{t.enrol}</p>
			{made && <Qr text={made.uri} label={t.qr} />}
			{made && (
				<p>
					<code class="secret">{made.secret.replace(/(.{4})/g, "$1 ").trim()}</code> <a href={made.uri}>{t.enrolApp}</a>
				</p>
			)}
		</section>
	);
}
