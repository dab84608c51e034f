# Makes a new certificate and key in place of present ones, which kubeadm would keep. If that fails, the former ones are put back.
# Signals do not end it in between. After a crash of the host, the former ones are beside their places, and the next run goes on.
#
# $1 the path of the certificate without its ending
# $2... the command that makes it

base=$1
shift
trap '' HUP INT TERM
for kind in crt key; do
  # what an earlier run kept is the complete one
  [ -e "$base.$kind.former" ] || { cp -p "$base.$kind" "$base.$kind.copy" && mv "$base.$kind.copy" "$base.$kind.former"; } || exit
done
rm -f "$base.crt" "$base.key"
"$@"
status=$?
if [ "$status" -eq 0 ] && [ -s "$base.crt" ] && [ -s "$base.key" ]; then
  rm -f "$base.crt.former" "$base.key.former"
else
  [ "$status" -ne 0 ] || status=1
  for kind in crt key; do mv -f "$base.$kind.former" "$base.$kind" || exit; done
fi
exit "$status"
