# Prints what kubeadm writes for a configuration, which comes on standard input: the files of its dry run. Nothing else is changed on the
# host: they are in a private folder in memory that is removed.
#
# $@ phases of `kubeadm init`; of `addon kube-proxy`, the manifest is printed
#
# Prints for each file a line `=== NAME`, its text and a line break; a YAML document of kubeadm does not have such a line.
#
# Exit statuses: 101 kubeadm failed; its last lines are on standard error.

umask 077
work=$(mktemp -d /run/coxswain-kubeadm.XXXXXX) || exit
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
# files of kubeadm's version and manifests that are printed are not among them
names='etcd.yaml kube-apiserver.yaml kube-controller-manager.yaml kube-scheduler.yaml config.yaml kubeadm-flags.env'

cat >"$work/given.yaml" || exit
mkdir "$work/out" || exit
failed() {
  tail -n 20 "$work/log" >&2
  exit 101
}
for phase; do
  case $phase in
  addon*)
    # shellcheck disable=SC2086 # words
    kubeadm init phase $phase --config "$work/given.yaml" --print-manifest >"$work/printed" 2>"$work/log" || failed
    echo "=== $phase"
    cat "$work/printed"
    echo
    ;;
  *)
    # shellcheck disable=SC2086 # words
    KUBEADM_INIT_DRYRUN_DIR=$work/out kubeadm init phase $phase --config "$work/given.yaml" --dry-run >"$work/log" 2>&1 || failed
    ;;
  esac
done
for name in $names; do
  # some versions make a folder of their own for each phase
  file=$(find "$work/out" -type f -name "$name" | head -n 1)
  [ -n "$file" ] || continue
  echo "=== $name"
  cat "$file"
  echo
done
