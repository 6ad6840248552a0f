-- What is wrong with a measure, in the words of the page: who is responsible is not its "owner", and what is given up is broken off. Two sentences of
-- two functions (028_import.sql) that are otherwise as they were.
DO $$
DECLARE
	f regprocedure;
BEGIN
	FOREACH f IN ARRAY '{"lagesbild_desk.measure_refused(text,text)","lagesbild_desk.import_read(jsonb)"}'::regprocedure[] LOOP
		EXECUTE replace(replace(pg_get_functiondef(f), 'Ägaren finns inte bland aktörerna', 'Den ansvariga finns inte bland aktörerna'),
			'uppföljd eller struken', 'uppföljd eller avbruten');
	END LOOP;
END $$;
