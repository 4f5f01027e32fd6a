-- How many intents were written under a key that a refusal had freed, so that the rows can be counted: a page that was
-- lost, or another one in its place, leaves a sound table with too few of them.
INSERT INTO meta (key, value)
SELECT 'reused', CAST(value AS INTEGER) - (SELECT count(*) FROM intent) FROM meta WHERE key = 'intents';
