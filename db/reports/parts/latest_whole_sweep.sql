-- The latest finished inspection of the whole registry
SELECT max(sweep.id) FROM sweep WHERE sweep.state = 'finished' AND sweep.scope = 'all'
