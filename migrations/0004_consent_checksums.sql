-- A consent that is lost, or has become another one, would let its text pay a second time: each row has a checksum, and
-- all of them are counted. The checksums of those that are there already are filled in by `ledger/consent.rs`.
ALTER TABLE consent ADD COLUMN checksum TEXT NOT NULL DEFAULT '';
INSERT INTO meta (key, value) SELECT 'consents', count(*) FROM consent;
