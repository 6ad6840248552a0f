-- Stands while a restore is under way, and after one that was killed.
CREATE SCHEMA lagesbild_restore;
CREATE TABLE lagesbild_restore.state (directory text NOT NULL, begun_at timestamptz NOT NULL DEFAULT now());
