"""The queue of looks on PostgreSQL, by Procrastinate; only this folder knows that engine."""
