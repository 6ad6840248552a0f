// Name and password, and a code where the account has a second step.
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, signIn, type Session } from "../api";
import { useShared } from "../state";

export function SignIn({ done, again }: { done: (s: Session) => void; again: boolean }) {
	const { t } = useShared();
	const [said, setSaid] = useState("");
	const [busy, setBusy] = useState(false);
	const first = useRef<HTMLInputElement>(null);
	useEffect(() => first.current?.focus(), []);

	const submit = async (e: SubmitEvent) => {
		e.preventDefault();
		const given = new FormData(e.target as HTMLFormElement);
		setBusy(true);
		setSaid("");
		try {
			done(await signIn(String(given.get("name")), String(given.get("password")), String(given.get("code") ?? "") || undefined));
		} catch (e) {
			const p = e as Problem;
			setSaid(p.status === 401 ? t.wrong : p.status === 429 ? t.locked : p.status === 0 || p.status >= 500 ? t.away : p.title);
			setBusy(false);
		}
	};
	return (
		<section class="signin">
			<h1 id="signin">{t.signIn}</h1>
			<p>{again ? t.again : t.signInLead}</p>
			<form onSubmit={submit}>
				<label>
					{t.name}
					<input ref={first} name="name" autocomplete="username" autocapitalize="none" spellcheck={false} required maxLength={100} />
				</label>
				<label>
					{t.password}
					<input name="password" type="password" autocomplete="current-password" required />
				</label>
				<details>
					<summary>{t.hasCode}</summary>
					<label>
						{t.code}
						<input name="code" inputMode="numeric" autocomplete="one-time-code" maxLength={10} />
					</label>
				</details>
				<p role="alert" class="wrong">
					{said}
				</p>
				<button class="main" disabled={busy}>
					{t.signIn}
				</button>
			</form>
		</section>
	);
}
