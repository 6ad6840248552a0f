-- A demo's desk: a year's meetings, measures in every state, levels, events and texts, made up, around the day that the figures call today.
-- Run once, as the owner of the database, after the accounts are made. Through the same functions as the page.
DO $$
DECLARE
	who bigint := (SELECT id FROM lagesbild_desk.account WHERE name = 'samordnare');
	today date := lagesbild_store.today();
	month text := to_char(lagesbild_store.latest_month(), 'YYYY-MM');
	m record;
	made bigint[] := '{}';
	row jsonb;
	step text;
	answer jsonb;
BEGIN
	IF EXISTS (SELECT FROM lagesbild_desk.measure) THEN
		RETURN;
	END IF;
	PERFORM lagesbild_desk.meetings_year(who, jsonb_build_object('year', to_char(today, 'YYYY')), NULL);
	FOR m IN SELECT * FROM lagesbild_desk.meeting k WHERE k.day < today ORDER BY k.day LOOP
		PERFORM lagesbild_desk.meeting_put(who, jsonb_build_object('id', m.id), jsonb_build_object('version', m.version, 'state', 'held',
			'place', 'Kommunhuset, Kumla', 'participants', jsonb_build_array('Samordnare', 'Kommunpolis', 'Områdesansvarig Kumla Bostäder', 'Chef teknik och gata', 'Fältgruppen'),
			'decisions', CASE m.grp WHEN 'steering' THEN jsonb_build_array('Skadegörelsen i Centrum är årets gemensamma fråga')
				ELSE jsonb_build_array('Synlig polis vid resecentrum', 'Kvällsvandringar fredagar i Centrum') END));
	END LOOP;

	FOR row, step IN SELECT * FROM (VALUES
		(jsonb_build_object('title', 'Belysning vid Kvarnparken', 'problem', 'Mörkt och otryggt kvällstid; skadegörelse på bänkar', 'cause', 'Trasiga armaturer och skymd sikt',
			'category', 'DAM', 'area', '1881-centrum', 'place', 'Kvarnparken', 'kind', 'situational', 'perspective', 'situation', 'owner', 'teknik', 'starts', today - 80, 'ends', today - 12,
			'follow_up', today + 30, 'expected', 'Färre anmälningar om skadegörelse kvällstid inom ett halvår'), 'ongoing'),
		(jsonb_build_object('title', 'Kvällsvandringar fredagar i Centrum', 'problem', 'Skadegörelse och störande samlingar i Centrum', 'cause', 'Få vuxna ute kvällstid',
			'category', 'DAM', 'area', '1881-centrum', 'kind', 'social', 'perspective', 'offender', 'owner', 'fritid', 'starts', today - 50, 'ends', today + 60, 'follow_up', today + 70,
			'expected', 'Lugnare fredagar 20–01'), 'ongoing'),
		(jsonb_build_object('title', 'Synlig polis vid resecentrum', 'problem', 'Stölder vid resecentrum', 'category', 'THF', 'area', '1881-centrum', 'place', 'Kumla resecentrum',
			'kind', 'situational', 'owner', 'polisen', 'starts', today - 20, 'ends', today + 20, 'follow_up', today + 35), 'decided'),
		(jsonb_build_object('title', 'Trapphus: portkod byts i Fylsta', 'problem', 'Störande samlingar i trapphus', 'category', 'NOI', 'area', '1881-fylsta', 'kind', 'situational',
			'owner', 'bostadsbolaget', 'starts', today - 120, 'ends', today - 40, 'follow_up', today - 5, 'public_text',
			'Ni sa att det samlas folk i trapphusen i Fylsta. Vi bytte portkoder och låser källarna kvällstid.', 'public', true), 'done'),
		(jsonb_build_object('title', 'Föräldramöte om A-traktorer', 'problem', 'Buskörning kring Haga och Fylsta', 'cause', 'Unga förare utan annan mötesplats', 'category', 'BUS', 'area', '1881-haga',
			'kind', 'social', 'owner', 'skolan', 'starts', today + 10, 'follow_up', today + 90), 'proposed'),
		(jsonb_build_object('title', 'Klippta buskage vid gångtunneln', 'problem', 'Otrygg plats', 'category', 'PHY', 'area', '1881-kumlaby', 'kind', 'situational', 'owner', 'teknik',
			'starts', today - 250, 'ends', today - 210, 'follow_up', today - 60, 'result', 'Färre rapporter om otrygghet; platsen ses över varje höst.', 'public_text',
			'Ni sa att gångtunneln kändes otrygg. Vi klippte buskarna och satte upp fler lampor.', 'public', true), 'followed-up')) AS v(fields, target)
	LOOP
		-- What was decided belongs to the last meeting before it began, so that the next one shows what became of it.
		row := row || jsonb_build_object('meeting', (SELECT k.id FROM lagesbild_desk.meeting k WHERE step <> 'proposed' AND k.grp = 'operational' AND k.state = 'held'
			AND k.day <= (row ->> 'starts')::date ORDER BY k.day DESC LIMIT 1));
		SELECT f.answer INTO answer FROM lagesbild_desk.measure_put(who, '{}', row) f;
		made := made || (answer ->> 'id')::bigint;
		WHILE answer ->> 'state' <> step LOOP
			SELECT f.answer INTO answer FROM lagesbild_desk.measure_put(who, jsonb_build_object('id', answer ->> 'id'), jsonb_build_object('version', answer -> 'version',
				'state', answer -> 'next' ->> 0)) f;
		END LOOP;
	END LOOP;
	PERFORM lagesbild_desk.measure_put(who, jsonb_build_object('id', made[2]), jsonb_build_object('version', k.version, 'same_problem', jsonb_build_array(made[1])))
	FROM lagesbild_desk.measure k WHERE k.id = made[2];

	PERFORM lagesbild_desk.priority_put(who, jsonb_build_object('area', p.area), jsonb_build_object('version', 0, 'level', p.level, 'reason', p.reason))
	FROM (VALUES ('1881-centrum', 'red', 'Skadegörelsen har ökat sedan i vintras; tätare samverkan tills belysningen är lagad.'),
		('1881-fylsta', 'yellow', 'Samlingar i trapphus; följs varje vecka.'), ('1881-kumlaby', 'green', 'Lugnt sedan buskagen klipptes.')) AS p(area, level, reason);
	PERFORM lagesbild_desk.event_put(who, '{}', jsonb_build_object('title', e.title, 'place', e.place, 'starts', e.day)) FROM (VALUES
		('Valborgsfirande', 'Kvarnparken', make_date(extract(year FROM today)::integer, 4, 30)), ('Vårmarknad', 'Kumla torg', today + 18)) AS e(title, place, day);
	PERFORM lagesbild_desk.text_put(who, jsonb_build_object('period', month), jsonb_build_object('version', 0, 'sections', jsonb_build_object(
		'assessment', 'Skadegörelsen i Centrum är månadens fråga. Den hänger ihop med mörka stråk kring torget och Kvarnparken, där belysningen ännu inte är lagad.',
		'police', 'Polisen beskriver samma bild: klotter och krossade rutor, mest fredag och lördag kväll. Inga kända gängmotsättningar.',
		'public', 'Skadegörelsen har ökat i Centrum i vinter. Kommunen lagar belysningen och går kvällsvandringar tillsammans med polisen.')));
END $$;

-- The picture of the month before, approved and published: what the newest one is compared with, and what anybody may read.
SELECT pg_advisory_lock(1883);
BEGIN ISOLATION LEVEL REPEATABLE READ;
DO $$
DECLARE
	who bigint := (SELECT id FROM lagesbild_desk.account WHERE name = 'samordnare');
	period text := to_char(lagesbild_store.latest_month() - interval '1 month', 'YYYY-MM');
	made text;
BEGIN
	IF NOT EXISTS (SELECT FROM lagesbild_store.edition) THEN
		PERFORM lagesbild_desk.text_put(who, jsonb_build_object('period', period), jsonb_build_object('version', 0, 'sections', jsonb_build_object(
			'assessment', 'Skadegörelsen i Centrum fortsätter. Teknik och gata lagar belysningen.', 'public', 'Kommunen följer skadegörelsen i Centrum och lagar belysningen.')));
		made := (SELECT f.answer ->> 'id' FROM lagesbild_desk.edition_new(who, jsonb_build_object('period', period), 'demo', 'demo') f);
		PERFORM lagesbild_desk.edition_state(who, jsonb_build_object('id', made), '{"state": "approved"}');
		PERFORM lagesbild_desk.edition_state(who, jsonb_build_object('id', made), '{"state": "published"}');
	END IF;
END $$;
COMMIT;
SELECT pg_advisory_unlock(1883);
