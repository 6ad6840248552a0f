// A picture of a text for a telephone's camera, drawn here: nobody else sees the secret.
import { useEffect, useState } from "preact/hooks";

export function Qr({ text, label }: { text: string; label: string }) {
	const [drawn, draw] = useState<{ d: string; size: number } | null>(null);
	useEffect(() => {
		import("qrcode-generator").then(
			({ default: qrcode }) => {
				const code = qrcode(0, "M");
				code.addData(text);
				code.make();
				const n = code.getModuleCount();
				let d = "";
				for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) if (code.isDark(y, x)) d += `M${x + 4} ${y + 4}h1v1h-1z`;
				draw({ d, size: n + 8 });
			},
			() => {}, // the secret stands in letters too
		);
	}, [text]);
	if (!drawn) return null;
	// Black on white whatever the theme: cameras want it so, with four squares of margin.
	return (
		<svg class="qr" viewBox={`0 0 ${drawn.size} ${drawn.size}`} role="img" aria-label={label} shape-rendering="crispEdges">
			<rect width="100%" height="100%" fill="#fff" />
			<path d={drawn.d} fill="#000" />
		</svg>
	);
}
