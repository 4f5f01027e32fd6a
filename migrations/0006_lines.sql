-- How new words find the film that they are for: by the folder and the folded stem of a delivered film, and of its clip;
-- the first job of its line, where it is a later version; the job whose film it is delivered from once more; and the folder of a project.
ALTER TABLE job ADD COLUMN film_key BLOB;
ALTER TABLE job ADD COLUMN clip_key BLOB;
ALTER TABLE job ADD COLUMN line INTEGER;
ALTER TABLE job ADD COLUMN same_as INTEGER;
ALTER TABLE job ADD COLUMN unit BLOB;
CREATE INDEX job_by_film_key ON job (film_key) WHERE film_key IS NOT NULL;
CREATE INDEX job_by_clip_key ON job (clip_key) WHERE clip_key IS NOT NULL;
CREATE INDEX job_by_line ON job (line) WHERE line IS NOT NULL;
CREATE INDEX job_by_same ON job (same_as) WHERE same_as IS NOT NULL;
CREATE INDEX job_by_unit ON job (unit) WHERE unit IS NOT NULL;
