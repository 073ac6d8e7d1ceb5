"""The operator's logins: made on the site's own page, or taken from exported cookies."""
