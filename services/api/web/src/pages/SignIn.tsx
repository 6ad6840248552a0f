import { useState } from "preact/hooks";
import { Problem, signIn, type Session } from "../api";
import { useApp } from "../app";

export function SignIn({ again, done }: { again: boolean; done: (s: Session) => void }) {
	const { t } = useApp();
	const [trouble, setTrouble] = useState("");
	const [busy, setBusy] = useState(false);
	const submit = async (event: SubmitEvent) => {
		event.preventDefault();
		const form = new FormData(event.target as HTMLFormElement);
		setBusy(true);
		try {
			done(await signIn(String(form.get("name")), String(form.get("password"))));
		} catch (e) {
			const p = e as Problem;
			setTrouble(p.status === 401 ? t.wrong : p.status === 0 || p.status >= 500 ? t.away : p.title);
		}
		setBusy(false);
	};
	return (
		<main id="main" class="signin">
			<h1>{t.title}</h1>
			<p>{again ? t.again : t.signInLead}</p>
			<form onSubmit={submit}>
				<label>
					{t.name}
					<input name="name" autocomplete="username" autocapitalize="none" required autofocus />
				</label>
				<label>
					{t.password}
					<input name="password" type="password" autocomplete="current-password" required />
				</label>
				<p role="alert" class="trouble">
					{trouble}
				</p>
				<button type="submit" class="main" disabled={busy}>
					{t.signIn}
				</button>
			</form>
		</main>
	);
}
