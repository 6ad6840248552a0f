// Where the desk's addresses lead; loaded when the first of them is opened, so that the picture itself stays small.
import { textsOf, useAddress, useApp } from "../app";
import { Import } from "./Import";
import { Measure } from "./Measure";
import { Measures } from "./Measures";
import { Meeting } from "./Meeting";
import { Meetings } from "./Meetings";
import { Priorities } from "./Priorities";
import "./desk.css";

export function Desk() {
	const { language } = useApp();
	const { path } = useAddress();
	const [, page, which] = path.split("/");
	if (page === "moten") return which ? <Meeting key={which} id={which} /> : <Meetings />;
	if (path === "/prioritering") return <Priorities />;
	if (path === "/atgarder/importera") return <Import />;
	if (page === "atgarder") return which ? <Measure key={which} id={which} /> : <Measures />;
	return <main id="main">{textsOf(language).notFound}</main>;
}
