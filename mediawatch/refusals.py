"""What a disk that refuses says, with the remedy."""

from __future__ import annotations

from errno import EACCES, EDQUOT, EIO, ENOSPC, EPERM, EROFS

_SAID = {
    ENOSPC: "no space is left there: free some, then try again",
    EDQUOT: "this user's share of that disk is used up: free some, then try again",
    EROFS: "that disk is read-only: mount it for writing, or name another place",
    EACCES: "this user lacks the right: give it, or name another place",
    EPERM: (
        "this user lacks the right, or it is locked: give the right, or unlock it (`lsattr` shows "
        "an i, `chattr -i` takes it away), or name another place"
    ),
    EIO: "that disk fails: check it",
}


def is_of_disk(error: OSError) -> bool:
    """Whether the disk is to blame, and not what was asked of it."""
    return error.errno in (ENOSPC, EDQUOT, EROFS, EIO)


def refusal(error: OSError) -> str:
    """The error in words, after a sentence that names the place."""
    return _SAID.get(error.errno or 0) or error.strerror or str(error)
