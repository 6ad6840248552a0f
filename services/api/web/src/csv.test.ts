import { expect, test } from "vitest";
import { csv } from "./csv";

test("what Excel opens right, and runs nothing of", () => {
	expect(csv(["område", "nu"], [["Centrum", 23], ["Kumla; \"stad\"", 1.5], ["=1+1", null], ["<5", 0]])).toBe(
		'\ufeffområde;nu\r\nCentrum;23\r\n"Kumla; ""stad""";1,5\r\n"\'=1+1";\r\n<5;0\r\n',
	);
});
