"""The browser: Chromium, contexts, pages, and what a page loads. Knows no site."""
