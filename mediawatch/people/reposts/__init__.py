"""重要信息转载: tasks from files, and what units are asked."""
