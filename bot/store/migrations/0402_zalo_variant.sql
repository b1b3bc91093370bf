-- By which secret and timestamp the last event was signed: what is known of the platform leaves it open.
ALTER TABLE zalo_heard ADD COLUMN variant TEXT NOT NULL DEFAULT '';
