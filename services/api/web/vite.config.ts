import { defineConfig } from "vitest/config";

// Everything comes from our own origin: the page's policy lets nothing else in.
export default defineConfig({
	esbuild: { jsx: "automatic", jsxImportSource: "preact" },
	build: { target: "es2020", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
	server: { proxy: { "/api": process.env.API_URL ?? "http://127.0.0.1:8080" } },
	test: { include: ["src/**/*.test.ts"] },
});
