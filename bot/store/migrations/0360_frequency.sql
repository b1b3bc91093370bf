-- chosen: 1: only to those who chose its topic by name, not to whoever takes all of them.
ALTER TABLE broadcast ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0;
