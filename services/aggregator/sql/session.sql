-- Every statement here joins its arrays to a table by the table's key, in the arrays' sorted order: one plan, whatever the tables' size. A hash join would
-- lock rows in another order than other writers do.
SET plan_cache_mode = force_generic_plan;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
