# Prints what a control-plane node says of itself: rows of fields between tabs. Private keys stay on the host: of files and kubeconfigs
# it prints only certificates, which are public.
#
#   clock        seconds since 1970
#   program      name and version of an installed program
#   kubelet      the state of its service
#   certificate  its path, and its DER in base64
#   kubeconfig   its path, and the certificate of its user in PEM, in base64 again
#   fsync        a line of etcd's histogram of the time that its log needs to reach the disk
#   unasked      why that is not known

row() { printf '%s\t%s\t%s\n' "$1" "$2" "$3"; }

row clock "$(date +%s)" ''

version() { "$@" 2>/dev/null | grep -o 'v1\.[0-9][0-9]*\.[0-9][0-9A-Za-z.+-]*' | head -n 1; }
for name in kubelet kubeadm kubectl; do
  command -v "$name" >/dev/null || continue
  case $name in
    kubelet) found=$(version kubelet --version) ;;
    kubeadm) found=$(version kubeadm version -o short) ;;
    kubectl) found=$(version kubectl version --client) ;;
  esac
  row program "$name" "$found"
done

row kubelet "$(systemctl is-active kubelet 2>/dev/null)" ''

. ./print-certificates.sh

# kubeadm has etcd's figures there, for this host alone, without TLS
if command -v curl >/dev/null; then
  figures=$(curl -q -gsf --noproxy '*' --max-time 5 http://127.0.0.1:2381/metrics 2>/dev/null |
    sed -n 's/^etcd_disk_wal_fsync_duration_seconds_bucket{le="\([^"]*\)"} \(.*\)$/fsync\t\1\t\2/p')
  if [ -n "$figures" ]; then printf '%s\n' "$figures"; else row unasked 'etcd does not give its figures at http://127.0.0.1:2381/metrics' ''; fi
else
  row unasked 'curl is not installed' ''
fi
exit 0
