"""提示: dates and links of monitoring services and of the office's own notes. They prove nothing."""
