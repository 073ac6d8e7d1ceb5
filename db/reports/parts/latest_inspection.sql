-- The newest finished inspection that is neither a nightly one nor a re-check, whatever its scope: `mediawatch.app.choice`
SELECT max(sweep.id) FROM sweep WHERE sweep.state = 'finished' AND sweep.kind NOT IN ('nightly', 'recheck')
