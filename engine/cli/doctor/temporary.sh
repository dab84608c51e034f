# Prints a word for each problem: missing and closed are of /tmp, read-only is of the root file system.
[ -d /tmp ] || echo missing
[ -w /tmp ] || echo closed
! grep -q '^[^ ]* / [^ ]* ro[, ]' /proc/mounts 2>/dev/null || echo read-only
