// Asks for what the page will ask for first while the page's own code still comes: who is signed in, and a month's picture. src/api.ts takes what
// it finds here instead of asking again. A file of its own, since the page's policy lets no script stand in the document.
(() => {
	const session = "/api/v1/session";
	const month = /^\/(?:bild\/([^/]+))?$/.exec(location.pathname);
	const ahead = (globalThis.ahead = { [session]: fetch(session, { credentials: "same-origin" }) });
	ahead[session]
		.then((answer) => answer.clone().json())
		.then((s) => {
			const path = `/api/v1/summary/${month?.[1] ?? "latest"}`;
			if (!s.account || !month || location.search) return;
			ahead[path] = fetch(path, { credentials: "same-origin" });
			ahead[path].catch(() => {}); // who takes it is told
		})
		.catch(() => {});
})();
