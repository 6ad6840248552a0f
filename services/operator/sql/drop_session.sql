-- Detaching waits for readers that began before, however long they take; nobody waits for it.
SET lock_timeout = 0
