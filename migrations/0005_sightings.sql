-- What the inbox knows of a file that is no job: seen when and how, since when it waits, until when. One JSON object.
ALTER TABLE sighting ADD COLUMN seen TEXT;
