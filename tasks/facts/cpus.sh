# Prints the number of processors in use, then the distinct lines of /proc/cpuinfo that name the model, the sockets and the cores.

nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || grep -c '^processor' /proc/cpuinfo
grep -E '^(physical id|cpu cores|model name|vendor_id|Model|cpu model)[[:space:]]*:' /proc/cpuinfo 2>/dev/null | sort -u
exit 0
