-- Only the build that is shown wakes those who show it. A NOTIFY also serializes commits, so that builds beside it would make it wait.
SELECT pg_notify('lagesbild_cells', '') FROM lagesbild_store.build_current WHERE build = $1::smallint
