"""哔哩哔哩 (B站): docs/platforms/bilibili.md."""
