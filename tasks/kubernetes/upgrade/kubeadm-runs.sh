# Succeeds if a `kubeadm upgrade` runs on this host: one of an interrupted run goes on until it wants to print something.
for words in /proc/[0-9]*/cmdline; do
  tr '\0' ' ' <"$words" 2>/dev/null | grep -q '^\([^ ]*/\)\{0,1\}kubeadm upgrade ' && exit 0
done
exit 1
