# Prints the service manager of a host: systemd, openrc or none.
#
# The first test is that of sd_booted(3). In a container or an image, no service manager may run, but one can be installed.

if [ -d /run/systemd/system ]; then echo systemd
elif command -v rc-service >/dev/null || [ -d /run/openrc ]; then echo openrc
elif command -v systemctl >/dev/null; then echo systemd
else echo none; fi
