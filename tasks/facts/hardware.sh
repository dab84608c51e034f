# Prints what the firmware says of a machine as NAME=VALUE, and the machine ID. Serial numbers can be read by root alone.

for name in sys_vendor product_name product_version product_serial product_uuid board_name board_vendor bios_vendor bios_version bios_date; do
  file=/sys/class/dmi/id/$name
  if [ -r "$file" ]; then printf '%s=%s\n' "$name" "$(head -n 1 "$file" 2>/dev/null)"; fi
done
# without DMI, as on most ARM machines
file=/sys/firmware/devicetree/base/model
if [ -r "$file" ]; then printf 'model=%s\n' "$(tr -d '\0' <"$file")"; fi
for file in /etc/machine-id /var/lib/dbus/machine-id; do
  if [ -s "$file" ]; then printf 'machine-id=%s\n' "$(head -n 1 "$file")"; fi
done
exit 0
