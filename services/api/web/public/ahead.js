// Asks for what the page will ask for first while the page's own code still comes: who is signed in, and a month's picture. src/api.ts takes what
// it finds here instead of asking again; of the two scripts, from the browser's store, either may run first. A file of its own, since the page's
// policy lets no script stand in the document.
(() => {
	if (globalThis.ahead) return; // the page has begun to ask
	const ask = (path) => fetch(path, { credentials: "same-origin" });
	const month = /^\/(?:bild\/([^/]+))?$/.exec(location.pathname);
	const ahead = (globalThis.ahead = {});
	// The page gets the answer when what follows from it has been asked for.
	ahead["/api/v1/session"] = ask("/api/v1/session").then(async (answer) => {
		const s = await answer
			.clone()
			.json()
			.catch(() => ({}));
		const path = `/api/v1/summary/${month?.[1] ?? "latest"}`;
		if (!s.account || !month || location.search) return answer;
		ahead[path] = ask(path);
		ahead[path].catch(() => {}); // who takes it is told
		return answer;
	});
	ahead["/api/v1/session"].catch(() => {});
})();
