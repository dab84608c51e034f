# Prints /proc/loadavg, /proc/uptime, and the time in seconds since 1970.

cat /proc/loadavg /proc/uptime
date +%s
